import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { BlobsAway, type Blobs } from "../ports/blobs.ts";
import { deleteBlobs, purgeMedia } from "./purge.ts";
import type { Quarantine } from "./quarantine.ts";

export interface RemoveDeps {
  sql: Sql;
  blobs: Blobs;
  quarantine: Quarantine;
}

/** Drops a medium of one's own in whatever state it is; one that a message or a profile holds stays, and looks missing. */
export async function removeMedia(
  deps: RemoveDeps,
  asked: { mediaId: string; ownerId: string },
): Promise<Refusal | null> {
  const dropped = await deps.sql.begin(async (tx) => {
    const own = await tx`select 1 from media where id = ${asked.mediaId} and owner_id = ${asked.ownerId} for update`;
    return own.length === 0 ? [] : await purgeMedia(tx, [asked.mediaId]);
  });
  if (dropped.length === 0) return refuse("not_found");
  try {
    await deleteBlobs(deps);
    await deps.quarantine.clear(asked.mediaId);
  } catch (error) {
    // It is gone for everybody: its bytes are listed, and the sweep's.
    if (!(error instanceof BlobsAway)) throw error;
  }
  return null;
}
