import * as z from "zod";
import { command } from "../command.ts";
import { clientId, id, pageLimit, seq, textUpTo, time } from "../fields.ts";
import { limits } from "../limits.ts";
import { conversation, mediaView, message } from "../views.ts";

/** Members who are named in the text and told of it. */
const mentionIds = z.array(id).max(limits.mentionsPerMessage).optional();
const one = { conversationId: id, messageId: id };
const content = {
  clientId,
  text: textUpTo(limits.textGraphemes, limits.textBytes).default(""),
  mediaIds: z.array(id).max(limits.mediaPerMessage).default([]),
  /** The message that this one answers, of the same conversation. */
  replyToId: id.optional(),
  mentionIds,
  /** From `linkPreviews.create`, of mine and not used yet; never in a request (R3). */
  previewId: id.optional(),
  /** A profile to share (C14). */
  cardPersonId: id.optional(),
  /** Opened once by each receiver, then gone (C19). */
  viewOnce: z.boolean().optional(),
  noForward: z.boolean().optional(),
};
const sendErrors = [
  "not_found",
  "not_accepting",
  "own_setting_closed",
  "blocked_by_you",
  "request_waiting",
  "request_text_only",
  "conflict",
] as const;

export const sendMessage = command({
  name: "messages.send",
  summary: "Send a message into a conversation. The answer follows the commit (R26).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, ...content }),
  output: message,
  errors: sendErrors,
  limit: "send",
});

export const sendToPerson = command({
  name: "messages.sendToPerson",
  summary: "Send a message to a person; the first one makes the conversation, or a request (R3).",
  auth: "session",
  over: "both",
  input: z.strictObject({ personId: id, ...content }),
  output: z.object({ message, conversation }),
  errors: sendErrors,
  limit: "send",
});

export const listMessages = command({
  name: "messages.list",
  summary: "History, oldest first within the page: the newest messages, or those before, after or around a seq.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    conversationId: id,
    before: seq.optional(),
    after: seq.optional(),
    /** The page with this one in its middle. */
    around: seq.optional(),
    limit: pageLimit,
  }),
  output: z.object({
    items: z.array(message),
    /** Whether there are older ones before the first item. */
    hasOlder: z.boolean(),
    hasNewer: z.boolean(),
    /** The conversation's change at the moment of reading; `messages.changes` goes on from it. */
    change: seq,
  }),
  errors: ["not_found"],
});

export const listChanges = command({
  name: "messages.changes",
  summary: "Messages created or changed after a change number, in its order (R15).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, after: seq, limit: pageLimit }),
  output: z.object({
    items: z.array(message),
    change: seq,
    hasMore: z.boolean(),
  }),
  errors: ["not_found"],
});

export const unsendMessage = command({
  name: "messages.unsend",
  summary: "Take back a message of mine for everybody; a tombstone stays (R9).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, messageId: id }),
  output: message,
  errors: ["not_found"],
});

export const getMessage = command({
  name: "messages.get",
  summary: "One message, by its link.",
  auth: "session",
  over: "both",
  input: z.strictObject(one),
  output: message,
  errors: ["not_found"],
});

export const editMessage = command({
  name: "messages.edit",
  summary:
    "Change the text of a message of mine, for some minutes after it was sent; it says that it was edited (R17).",
  auth: "session",
  over: "both",
  input: z.strictObject({
    ...one,
    text: textUpTo(limits.textGraphemes, limits.textBytes),
    mentionIds,
    /** Left out: the preview stays where its address still stands in the text. Null removes it. */
    previewId: id.nullable().optional(),
  }),
  output: message,
  errors: [...sendErrors, "edit_window_closed"],
  limit: "change",
});

export const forwardMessage = command({
  name: "messages.forward",
  summary: "Send what a message says on, as a message of mine; unsending the source does not reach it (R9).",
  auth: "session",
  over: "both",
  input: z.strictObject({
    ...one,
    clientId,
    /** One of the two. */
    toConversationId: id.optional(),
    toPersonId: id.optional(),
  }),
  output: message,
  errors: [...sendErrors, "forward_forbidden"],
  limit: "send",
});

const reactionInput = z.strictObject({ ...one, emoji: z.string().min(1).max(64) });

export const react = command({
  name: "messages.react",
  summary: "React with an emoji; several per person, the same one once.",
  auth: "session",
  over: "both",
  input: reactionInput,
  output: message,
  errors: sendErrors,
  limit: "change",
});

export const unreact = command({
  name: "messages.unreact",
  summary: "Take a reaction of mine back.",
  auth: "session",
  over: "both",
  input: reactionInput,
  output: message,
  errors: ["not_found"],
  limit: "change",
});

export const pinMessage = command({
  name: "messages.pin",
  summary: "Pin for everybody in the conversation.",
  auth: "session",
  over: "both",
  input: z.strictObject(one),
  output: message,
  errors: [...sendErrors, "too_large"],
  limit: "change",
});

export const unpinMessage = command({
  name: "messages.unpin",
  summary: "Take a pin away, for everybody.",
  auth: "session",
  over: "both",
  input: z.strictObject(one),
  output: message,
  errors: sendErrors,
  limit: "change",
});

export const listPinned = command({
  name: "messages.listPinned",
  summary: "What is pinned here, newest message first; long texts come in several answers.",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, before: seq.optional() }),
  output: z.object({ items: z.array(message), hasOlder: z.boolean() }),
  errors: ["not_found"],
});

export const hideMessages = command({
  name: "messages.hide",
  summary: "Delete messages for me, on all my devices; nothing changes for others (R10).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, messageIds: z.array(id).min(1).max(limits.hiddenAtOnce) }),
  output: z.object({ hiddenCount: z.number().int() }),
  errors: ["not_found"],
});

export const listHidden = command({
  name: "messages.listHidden",
  summary: "Which messages I deleted for me, in the order in which I did, after the first `after` of them.",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, after: z.number().int().min(0).default(0) }),
  output: z.object({ seqs: z.array(seq), hiddenCount: z.number().int(), hasMore: z.boolean() }),
  errors: ["not_found"],
});

export const openOnce = command({
  name: "messages.openOnce",
  summary: "Open a view-once message: for this session, for a minute, and never again (C19).",
  auth: "session",
  over: "both",
  input: z.strictObject(one),
  output: z.object({ text: z.string(), media: z.array(mediaView), expiresAt: time }),
  errors: ["not_found", "expired"],
});

export const closeOnce = command({
  name: "messages.closeOnce",
  summary: "I looked at it: it goes now.",
  auth: "session",
  over: "both",
  input: z.strictObject(one),
  output: z.strictObject({}),
  errors: ["not_found"],
});
