import * as z from "zod";
import { command } from "../command.ts";
import { clientId, id, pageLimit, seq, textUpTo } from "../fields.ts";
import { limits } from "../limits.ts";
import { conversation, message } from "../views.ts";

const content = {
  clientId,
  text: textUpTo(limits.textGraphemes, limits.textBytes).default(""),
  mediaIds: z.array(id).max(limits.mediaPerMessage).default([]),
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
  summary: "History, oldest first within the page: the newest messages, or those before or after a seq.",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, before: seq.optional(), after: seq.optional(), limit: pageLimit }),
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
