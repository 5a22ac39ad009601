import * as z from "zod";
import { errorCodes, type ErrorCode } from "./errors.ts";
import { clientId, id, seq, time } from "./fields.ts";

/** What the server shows. Clients ignore keys they do not know; new ones may be added (`/v1` only grows). */

const errorCode = z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]);

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: errorCode,
    detail: z.string(),
    requestId: z.string(),
    retryAt: time.optional(),
    pointer: z.string().optional(),
  })
  .meta({ id: "Problem" });

const rendition = z.object({
  url: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  sizeBytes: z.number().int(),
  mimeType: z.string(),
});

/** Width and height are as shown, after orientation. */
export const mediaView = z
  .object({
    id,
    kind: z.enum(["photo"]),
    width: z.number().int(),
    height: z.number().int(),
    animated: z.boolean(),
    /** ThumbHash, base64, computed by the server (R22). */
    placeholder: z.string(),
    /** `list` for the conversation, `full` for the lightbox, `original` for download: coded pixels bit-exact, metadata removed. */
    renditions: z.object({ list: rendition, full: rendition, original: rendition }),
  })
  .meta({ id: "Media" });

/** `failed` carries the code of the refusal; nothing of the bytes is kept. */
export const mediaState = z
  .object({
    id,
    state: z.enum(["uploading", "processing", "ready", "failed"]),
    media: mediaView.optional(),
    error: z.object({ code: errorCode, detail: z.string() }).optional(),
  })
  .meta({ id: "MediaState" });

export const picture = z.object({ mediaId: id, url: z.string(), placeholder: z.string() }).meta({ id: "Picture" });

export const personBrief = z
  .object({ id, username: z.string(), name: z.string(), picture: picture.nullable() })
  .meta({ id: "PersonBrief" });

export const relation = z
  .object({
    following: z.boolean(),
    followedBy: z.boolean(),
    /** Both follow each other (C3). */
    friends: z.boolean(),
    /** I blocked them. Whether they blocked me is told to nobody (R5). */
    blocked: z.boolean(),
  })
  .meta({ id: "Relation" });

export const profile = personBrief
  .extend({
    bio: z.string(),
    links: z.array(z.string()),
    followers: z.number().int(),
    following: z.number().int(),
    relation,
  })
  .meta({ id: "Profile" });

export const whoMayMessage = z.enum(["everyone", "friends", "no_one"]);

export const settings = z
  .object({
    /** C4. */
    whoMayMessage,
    /** R1: exempts accepted conversations from the setting, both ways. */
    keepAcceptedOpen: z.boolean(),
  })
  .meta({ id: "Settings" });

export const me = profile.extend({ settings, administrator: z.boolean() }).meta({ id: "Me" });

export const session = z
  .object({
    id,
    device: z.string(),
    createdAt: time,
    lastSeenAt: time,
    current: z.boolean(),
  })
  .meta({ id: "Session" });

/** What the server decides about my next message here (R1 to R5), and never the facts behind it. */
export const sendDecision = z
  .discriminatedUnion("allowed", [
    z.object({
      allowed: z.literal(true),
      /** `request`: text only, held apart until accepted. `acceptance`: answering accepts (R3). */
      as: z.enum(["message", "request", "acceptance"]),
    }),
    z.object({ allowed: z.literal(false), code: errorCode, detail: z.string(), retryAt: time.optional() }),
  ])
  .meta({ id: "SendDecision" });

/** A tombstone (R9) keeps id, seq and sender; its text is empty, its media gone. */
export const message = z
  .object({
    id,
    conversationId: id,
    seq,
    change: seq,
    senderId: id,
    /** Only in what its own sender receives. */
    clientId: clientId.optional(),
    text: z.string(),
    media: z.array(mediaView),
    createdAt: time,
    unsentAt: time.nullable(),
    /** Its row is damaged: it stands here as far as it can be shown, its time may be the epoch. */
    damaged: z.literal(true).optional(),
  })
  .meta({ id: "Message" });

export const conversation = z
  .object({
    id,
    kind: z.enum(["direct", "group"]),
    /** The others; never me. In a group at most 20 of them: who made it, then by when they were invited, whoever has accepted. */
    people: z.array(personBrief),
    /** Everybody in it, me and the invited included. */
    memberCount: z.number().int(),
    /** `hidden`: declined, left or deleted for me; clients drop it, and what they hold of it. */
    state: z.enum(["accepted", "request_sent", "request_received", "hidden"]),
    lastMessage: message.nullable(),
    lastSeq: seq,
    /** Grows with every mutation of the conversation; a client behind it pulls `messages.changes`. */
    change: seq,
    readSeq: seq,
    /** Capped at 100: shown as 99+ (R16). */
    unread: z.number().int().min(0).max(100),
    pinned: z.boolean(),
    archived: z.boolean(),
    mutedUntil: time.nullable(),
    activityAt: time,
  })
  .meta({ id: "Conversation" });

/** Pages are keyset; `next` is null on the last one. */
export function page<T extends z.ZodType>(items: T) {
  return z.object({ items: z.array(items), next: z.string().nullable() });
}
