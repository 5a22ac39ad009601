import * as z from "zod";
import { command } from "../command.ts";
import { cursor, pageLimit } from "../fields.ts";
import { conversation } from "../views.ts";

export const pullSync = command({
  name: "sync.pull",
  summary: "Conversations that changed since the cursor; without one, the 50 newest (R15).",
  auth: "session",
  over: "both",
  input: z.strictObject({ cursor: cursor.optional(), limit: pageLimit }),
  output: z.object({
    /** True: forget what you hold and start from this answer (first sync, restored database). */
    reload: z.boolean(),
    conversations: z.array(conversation),
    cursor: z.string(),
    /** More changes wait behind this cursor: pull again at once. */
    hasMore: z.boolean(),
    /** Requests waiting for me. */
    requests: z.number().int(),
  }),
  errors: [],
});
