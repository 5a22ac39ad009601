import * as z from "zod";
import { command } from "../command.ts";
import { cursor, id, pageLimit, seq, textUpTo, time, wellFormed } from "../fields.ts";
import { limits } from "../limits.ts";
import { conversation, draft, page, sendDecision } from "../views.ts";

const conversationId = z.strictObject({ conversationId: id });

export const listConversations = command({
  name: "conversations.list",
  summary: "A folder of my conversations: pinned first, then newest first.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    folder: z.enum(["inbox", "requests", "archived"]).default("inbox"),
    /** Only conversations with people whose name or username starts a word with this. */
    query: wellFormed.max(limits.searchQueryChars).optional(),
    cursor: cursor.optional(),
    limit: pageLimit,
  }),
  output: page(conversation),
  errors: [],
});

export const getConversation = command({
  name: "conversations.get",
  summary: "One conversation, with the decision about my next message in it.",
  auth: "session",
  over: "both",
  input: conversationId,
  output: z.object({ conversation, maySend: sendDecision }),
  errors: ["not_found"],
});

export const getConversationWithPerson = command({
  name: "conversations.withPerson",
  summary: "Our direct conversation, if there is one, and the decision about my next message to this person.",
  auth: "session",
  over: "both",
  input: z.strictObject({ personId: id }),
  output: z.object({ conversation: conversation.nullable(), maySend: sendDecision }),
  errors: ["not_found"],
});

export const updateConversation = command({
  name: "conversations.update",
  summary: "Pin, archive or mute, for me alone.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    conversationId: id,
    pinned: z.boolean().optional(),
    archived: z.boolean().optional(),
    mutedUntil: time.nullable().optional(),
  }),
  output: conversation,
  errors: ["not_found"],
});

export const setDisappearing = command({
  name: "conversations.setDisappearing",
  summary: "From now on, messages of this conversation disappear for everybody so long after they were sent (C19).",
  auth: "session",
  over: "both",
  input: z.strictObject({
    conversationId: id,
    /** Null: they stay. */
    afterSeconds: z.number().int().min(limits.disappearMinSeconds).max(limits.disappearMaxSeconds).nullable(),
  }),
  output: conversation,
  errors: ["not_found", "not_accepting", "own_setting_closed", "blocked_by_you", "request_waiting"],
  limit: "change",
});

export const saveDraft = command({
  name: "conversations.saveDraft",
  summary: "Keep what is being written, for all my devices; an empty text and no quote drops it. The later one wins.",
  auth: "session",
  over: "both",
  input: z.strictObject({
    conversationId: id,
    text: textUpTo(limits.draftGraphemes, limits.textBytes),
    replyToId: id.nullable().default(null),
    /** When it was written, by the server's clock as the client knows it; never later than now. */
    writtenAt: time,
  }),
  output: z.object({ draft: draft.nullable() }),
  errors: ["not_found"],
  limit: "draft",
});

export const tellTyping = command({
  name: "conversations.typing",
  summary: "I write, or stopped; told only to those who show theirs, if I show mine (C8).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, typing: z.boolean() }),
  output: z.strictObject({}),
  errors: ["not_found"],
  limit: "typing",
});

export const markRead = command({
  name: "conversations.markRead",
  summary: "Move my read marker forward; an older one is ignored (R16).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, seq }),
  output: z.object({ readSeq: seq, unread: z.number().int() }),
  errors: ["not_found"],
});

export const acceptRequest = command({
  name: "requests.accept",
  summary: "Accept a request or an invitation: from now on it is a conversation.",
  auth: "session",
  over: "both",
  input: conversationId,
  output: conversation,
  errors: ["not_found"],
});

export const declineRequest = command({
  name: "requests.decline",
  summary: "Delete a request; its sender is not told (R4). Of an invitation: leave the group.",
  auth: "session",
  over: "both",
  input: conversationId,
  output: z.strictObject({}),
  errors: ["not_found"],
});
