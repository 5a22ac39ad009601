import * as z from "zod";

/**
 * A tag stands for one notification on a device; a new one of the same tag takes its place. A conversation's messages, the latest
 * reaction in a conversation, and all requests together each have one.
 */
export type Tag =
  | { about: "messages"; conversationId: string }
  | { about: "reaction"; conversationId: string }
  | { about: "requests" };

export const requestsTag = "requests";
const reactionPrefix = "reaction:";

export function parseTag(tag: string): Tag {
  if (tag === requestsTag) return { about: "requests" };
  if (tag.startsWith(reactionPrefix)) return { about: "reaction", conversationId: tag.slice(reactionPrefix.length) };
  return { about: "messages", conversationId: tag };
}

export function reactionTag(conversationId: string): string {
  return `${reactionPrefix}${conversationId}`;
}

/** A job says whose and which, and never what: that is read when it is due. `reaction`: which one, where the tag is of one. */
export const pushPayload = z.object({
  personId: z.uuid(),
  tag: z.string(),
  reaction: z.object({ seq: z.int(), reactorId: z.uuid() }).optional(),
});

export type PushPayload = z.output<typeof pushPayload>;
