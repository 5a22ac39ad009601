import * as z from "zod";
import { command } from "../command.ts";
import { empty, id } from "../fields.ts";
import { mediaState } from "../views.ts";

/** Bytes go in over tus at `/v1/uploads` and come out at `/v1/media/{mediaId}/{rendition}`: see `docs/api.md`. */

export const getMedia = command({
  name: "media.get",
  summary: "How far an upload of mine is; when ready, how to show it.",
  auth: "session",
  over: "both",
  input: z.strictObject({ mediaId: id }),
  output: mediaState,
  errors: ["not_found"],
});

export const removeMedia = command({
  name: "media.remove",
  summary: "Drop a medium of mine that no message holds.",
  auth: "session",
  over: "both",
  input: z.strictObject({ mediaId: id }),
  output: empty,
  errors: ["not_found"],
});
