import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MediaState } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { Refusal } from "../errors.ts";
import { BlobsFull, type Blobs } from "../ports/blobs.ts";
import { counts, timings } from "../telemetry/counts.ts";
import { traced } from "../telemetry/traces.ts";
import { PoolClosed, type ChildPool } from "./child-pool.ts";
import type { Quarantine } from "./quarantine.ts";
import { blobKey, renditionNames, type Refused, type Transformed } from "./renditions.ts";
import { markFailed, markReady, mediaExists, mediaViews, readProcessing } from "./store.ts";

export interface ProcessDeps {
  sql: Sql;
  blobs: Blobs;
  pool: ChildPool;
  quarantine: Quarantine;
  now: () => Date;
  /** A hint for the owner; the database is the truth. */
  notify: (ownerId: string, media: MediaState) => void;
}

/**
 * A quarantined upload becomes a medium: child → blobs → rows, in that order, so that what a row names is there. Safe to
 * repeat after a crash at any point; a medium that was removed meanwhile leaves nothing behind.
 */
export async function processMedia(
  deps: ProcessDeps,
  mediaId: string,
  options: { lastAttempt: boolean },
): Promise<void> {
  const asked = await readProcessing(deps.sql, mediaId);
  if (asked === null) return await discard(deps, mediaId);
  const beganMs = performance.now();
  try {
    await using files = await deps.quarantine.checkOut(mediaId);
    const { input, outputDir } = files;
    const decode = async () => await deps.pool.run({ input, outputDir }, asked.ownerId);
    const photo = await traced("photo child", () => ({ "sotto.media_id": mediaId }), decode);
    if (photo instanceof Refusal) await settleFailed(deps, { mediaId, ...asked, refused: photo });
    else await settleReady(deps, { mediaId, ...asked, photo, outputDir });
    timings.photoJobSeconds.since(beganMs);
  } catch (error) {
    counts.photoJobsThrown += 1;
    if (!options.lastAttempt || error instanceof PoolClosed) throw error;
    await settleFailed(deps, { mediaId, ...asked, refused: faultOf(error) });
    throw error;
  }
}

/** R20: raw bytes go within a day, whatever keeps them from becoming a photo. */
export async function settleOverdue(deps: ProcessDeps, mediaId: string): Promise<void> {
  const asked = await readProcessing(deps.sql, mediaId);
  if (asked !== null) await settleFailed(deps, { mediaId, ...asked, refused: faultOf(undefined) });
}

async function settleReady(
  deps: ProcessDeps,
  settled: { mediaId: string; ownerId: string; photo: Transformed; outputDir: string },
): Promise<void> {
  const { mediaId, ownerId, photo, outputDir } = settled;
  await Promise.all(
    renditionNames.map(
      async (name) =>
        await deps.blobs.put(blobKey(mediaId, name), new Uint8Array(await readFile(join(outputDir, name)))),
    ),
  );
  if (!(await markReady(deps.sql, mediaId, photo, deps.now()))) return await discard(deps, mediaId);
  await deps.quarantine.clear(mediaId);
  const media = (await mediaViews(deps.sql, [mediaId])).get(mediaId);
  counts.photosReady += 1;
  deps.notify(ownerId, { id: mediaId, state: "ready", ...(media && { media }) });
}

async function settleFailed(
  deps: ProcessDeps,
  settled: { mediaId: string; ownerId: string; refused: Refused },
): Promise<void> {
  const { mediaId, ownerId } = settled;
  const error = { code: settled.refused.code, detail: settled.refused.detail };
  const marked = await markFailed(deps.sql, mediaId, error);
  await deps.quarantine.clear(mediaId);
  if (marked) counts.photosFailed += 1;
  if (marked) deps.notify(ownerId, { id: mediaId, state: "failed", error });
}

/** Somebody else settled it, or it was removed: the raw bytes go, and of a removed one the blobs as well. */
async function discard(deps: ProcessDeps, mediaId: string): Promise<void> {
  await deps.quarantine.clear(mediaId);
  if (await mediaExists(deps.sql, mediaId)) return;
  for (const name of renditionNames) await deps.blobs.delete(blobKey(mediaId, name));
}

function faultOf(error: unknown): Refused {
  return error instanceof BlobsFull
    ? { code: "storage_full", detail: "There is no room left on the server for this photo." }
    : { code: "internal", detail: "Something went wrong on our side with this photo. Please send it again." };
}
