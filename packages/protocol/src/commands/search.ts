import * as z from "zod";
import { command } from "../command.ts";
import { cursor, id, pageLimit, time, wellFormed } from "../fields.ts";
import { limits } from "../limits.ts";
import { message } from "../views.ts";

export const searchMessages = command({
  name: "messages.search",
  summary: "Messages of my conversations that hold every word of the query, newest first, in any script (C18).",
  auth: "session",
  over: "both",
  input: z.strictObject({
    query: wellFormed.max(limits.searchQueryChars),
    conversationId: id.optional(),
    /** Who wrote it. */
    personId: id.optional(),
    kind: z.enum(["text", "photo", "link"]).optional(),
    from: time.optional(),
    to: time.optional(),
    cursor: cursor.optional(),
    limit: pageLimit,
  }),
  output: z.object({
    items: z.array(
      z.object({
        message,
        /** A part of its text; `ranges` are [start, end) in UTF-16 units of it. */
        snippet: z.object({ text: z.string(), ranges: z.array(z.tuple([z.number().int(), z.number().int()])) }),
      }),
    ),
    next: z.string().nullable(),
    /** False: some of the newest messages are not in the index yet. */
    complete: z.boolean(),
  }),
  /** `not_found`: the conversation is none of mine. */
  errors: ["not_found"],
  limit: "searchMessages",
});
