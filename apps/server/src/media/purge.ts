import type { Sql } from "../db/sql.ts";
import { recordErasures } from "../erasures/record.ts";
import type { Blobs } from "../ports/blobs.ts";
import { blobKey, renditionNames } from "./renditions.ts";

/**
 * Drops those of these media that no message and no profile holds any more, inside the caller's transaction (R9), after its
 * own hold is gone. The bytes are only listed for deletion: `deleteBlobs` follows the commit.
 * Whoever attaches a medium locks its row first (`for share`), so a medium is either attached or dropped, never both.
 */
export async function purgeMedia(tx: Sql, mediaIds: readonly string[], now = new Date()): Promise<string[]> {
  if (mediaIds.length === 0) return [];
  const ids = tx.array([...new Set(mediaIds)].toSorted(), "UUID");
  await tx`select 1 from media where id = any(${ids}::uuid[]) order by id for update`;
  const dropped: { id: string }[] = await tx`
    delete from media m
    where m.id = any(${ids}::uuid[])
      and not exists (select 1 from message_media mm where mm.media_id = m.id)
      and not exists (select 1 from people p where p.picture_media_id = m.id)
    returning m.id`;
  const droppedIds = dropped.map(({ id }) => id);
  if (droppedIds.length === 0) return [];
  await tx`delete from renditions where media_id = any(${tx.array(droppedIds, "UUID")}::uuid[])`;
  await recordErasures(
    tx,
    droppedIds.map((mediaId) => ({ kind: "medium", mediaId })),
    now,
  );
  // By name, not by rendition: one in processing may have written some that no row names yet.
  for (const key of droppedIds.flatMap((id) => renditionNames.map((name) => blobKey(id, name)))) {
    await tx`insert into blob_deletions (blob_key, created_at) values (${key}, ${now}) on conflict do nothing`;
  }
  return droppedIds;
}

const deletionsAtOnce = 300;

/** Deletes the bytes of whatever is listed. Run right after the commit, and again by the sweep for what a crash left. */
export async function deleteBlobs({ sql, blobs }: { sql: Sql; blobs: Blobs }): Promise<number> {
  let deleted = 0;
  for (;;) {
    const rows: { blob_key: string }[] =
      await sql`select blob_key from blob_deletions order by created_at limit ${deletionsAtOnce}`;
    if (rows.length === 0) return deleted;
    const keys = rows.map(({ blob_key }) => blob_key);
    await Promise.all(keys.map((key) => blobs.delete(key)));
    await sql`delete from blob_deletions where blob_key = any(${sql.array(keys, "TEXT")}::text[])`;
    deleted += keys.length;
  }
}
