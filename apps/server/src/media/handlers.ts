import type { MediaState } from "@sotto/protocol/types.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { removeMedia, type RemoveDeps } from "./remove.ts";
import { mediaViews, readOwn } from "./store.ts";

/** `media.get` and `media.remove`. */
export function mediaHandlers(deps: RemoveDeps): Handlers {
  return {
    "media.get": async ({ mediaId }, { personId }) => await getMedia(deps, { mediaId, ownerId: personId }),
    "media.remove": async ({ mediaId }, { personId }) =>
      (await removeMedia(deps, { mediaId, ownerId: personId })) ?? {},
  };
}

async function getMedia(
  { sql }: RemoveDeps,
  asked: { mediaId: string; ownerId: string },
): Promise<MediaState | Refusal> {
  const row = await readOwn(sql, asked);
  if (row === null) return refuse("not_found");
  const { id, state } = row;
  if (state === "failed")
    return { id, state, error: { code: row.error_code ?? "internal", detail: row.error_detail ?? "" } };
  if (state !== "ready") return { id, state };
  const media = (await mediaViews(sql, [id])).get(id);
  // Removed between the two reads.
  return media === undefined ? refuse("not_found") : { id, state, media };
}
