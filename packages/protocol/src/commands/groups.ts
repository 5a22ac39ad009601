import * as z from "zod";
import { command } from "../command.ts";
import { clientId, cursor, id, pageLimit } from "../fields.ts";
import { limits } from "../limits.ts";
import { conversation, page, personBrief } from "../views.ts";

export const createGroup = command({
  name: "conversations.createGroup",
  summary:
    "A conversation of several. Each person added is invited: it waits among their requests until they accept (R7).",
  auth: "session",
  over: "both",
  input: z.strictObject({
    clientId,
    /** The others; never me. Each must be somebody to whom I may send a message that is no request. */
    personIds: z
      .array(id)
      .min(1)
      .max(limits.groupMembers - 1)
      .refine((ids) => new Set(ids).size === ids.length, "must name each person once"),
  }),
  output: conversation,
  errors: ["not_accepting", "own_setting_closed", "blocked_by_you", "conflict", "rate_limited"],
});

export const listMembers = command({
  name: "conversations.listMembers",
  summary: "The others of a conversation, the invited included, in a fixed order: `people` of a conversation shows 20.",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id, cursor: cursor.optional(), limit: pageLimit }),
  output: page(personBrief),
  errors: ["not_found"],
});

export const leaveConversation = command({
  name: "conversations.leave",
  summary: "Leave a group: nothing of it reaches me any more, its history included (R8).",
  auth: "session",
  over: "both",
  input: z.strictObject({ conversationId: id }),
  output: z.strictObject({}),
  errors: ["not_found"],
});
