import * as z from "zod";
import { command } from "../command.ts";
import { id, wellFormed } from "../fields.ts";
import { limits } from "../limits.ts";
import { linkPreview } from "../views.ts";

export const createLinkPreview = command({
  name: "linkPreviews.create",
  summary: "Look at an address for the message that I write: the server goes there, nobody's device does (C21).",
  auth: "session",
  over: "both",
  input: z.strictObject({ url: wellFormed.min(1).max(limits.urlChars) }),
  /** Null: the page has nothing to show, or cannot be reached; the message goes without. */
  output: z.object({ previewId: id.nullable(), preview: linkPreview.nullable() }),
  errors: [],
  limit: "linkPreview",
});
