import { Readable } from "node:stream";
import type { Media } from "@sotto/protocol/types.ts";
import { Upload } from "@tus/server";
import { removeMedia, type RemoveDeps } from "./remove.ts";
import { insertPreviewImage, mediaViews, readOwn, startProcessing } from "./store.ts";

export interface FetchedImage {
  ownerId: string;
  bytes: Uint8Array;
  /** How long its renditions are worth waiting for. */
  waitMs: number;
}

/**
 * An image that the server fetched for somebody goes the way of every photo: quarantine → job → child → strip → renditions. Null
 * when it is none, or not ready in time: then nothing of it stays.
 */
export async function takeFetched(
  deps: RemoveDeps & { now: () => Date },
  { ownerId, bytes, waitMs }: FetchedImage,
): Promise<Media | null> {
  const { sql, quarantine, now } = deps;
  const id = Bun.randomUUIDv7();
  if (!(await quarantine.hasRoom(bytes.length))) return null;
  await insertPreviewImage(sql, { id, ownerId, bytes: bytes.length, now: now() });
  await quarantine.tus.create(new Upload({ id, size: bytes.length, offset: 0 }));
  await quarantine.tus.write(Readable.from([bytes]), id, 0);
  await quarantine.sync(id);
  await startProcessing(sql, id);
  const ready = await settled(deps, { id, ownerId, waitMs });
  const view = ready ? (await mediaViews(sql, [id])).get(id) : undefined;
  if (view !== undefined) return view;
  await removeMedia(deps, { mediaId: id, ownerId });
  return null;
}

const askEveryMs = 60;

/** Another process may do the job, so the row says when it is done. */
async function settled(
  { sql }: RemoveDeps,
  { id, ownerId, waitMs }: { id: string; ownerId: string; waitMs: number },
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < waitMs; waitedMs += askEveryMs) {
    const row = await readOwn(sql, { mediaId: id, ownerId });
    if (row?.state === "ready") return true;
    if (row === null || row.state === "failed") return false;
    await Bun.sleep(askEveryMs);
  }
  return false;
}
