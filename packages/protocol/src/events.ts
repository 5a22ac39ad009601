import * as z from "zod";
import { id, seq, time } from "./fields.ts";
import { mediaState, message, settings } from "./views.ts";

/**
 * What the server says by itself on the socket. Events are hints: a client that missed one heals by its cursor.
 */
export const event = z
  .discriminatedUnion("event", [
    /** A message that is new. */
    z.object({ event: z.literal("message"), message }),
    /** A message that changed: edited, reacted to, pinned, unsent, expired, opened, or what it quotes did. */
    z.object({ event: z.literal("message.changed"), message }),
    /**
     * My conversations that changed, up to `cursor`. A client that holds every listed `change` may move its cursor there;
     * one that does not pulls. Within 250 ms of the change.
     */
    z.object({
      event: z.literal("inbox"),
      cursor: z.string(),
      /** The cursor before these changes: a client that stands elsewhere pulls. */
      since: z.string(),
      changes: z.array(
        z.object({
          conversationId: id,
          change: seq,
          lastSeq: seq,
          readSeq: seq,
          /** Something besides messages and the read marker changed: get the conversation again. */
          stale: z.boolean(),
        }),
      ),
    }),
    /** Hints may have been lost: a client that does not stand at this cursor pulls. */
    z.object({ event: z.literal("sync"), cursor: z.string() }),
    /** Somebody writes, or stopped; it is over by itself after six seconds (C8). */
    z.object({ event: z.literal("typing"), conversationId: id, personId: id, typing: z.boolean() }),
    /** Somebody else's read marker moved forward (C8). */
    z.object({ event: z.literal("read"), conversationId: id, personId: id, readSeq: seq }),
    z.object({ event: z.literal("media"), media: mediaState }),
    z.object({ event: z.literal("settings"), settings }),
    /** My profile, follows or blocks changed on another device. */
    z.object({ event: z.literal("me.changed") }),
    /** The server goes away in a moment: reconnect at or after this time. */
    z.object({ event: z.literal("reconnect"), at: time }),
  ])
  .meta({ id: "Event" });

export type Event = z.output<typeof event>;
