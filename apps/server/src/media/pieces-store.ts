import type { Sql } from "../db/sql.ts";

/** All of the SQL about the pieces of an upload. Pieces follow each other without a gap: one begins where those that are stored end. */

export interface Piece {
  key: string;
  sizeBytes: number;
}

/**
 * Of one upload: twenty times what 50 MB are in full pieces, for lines that break off. Without a limit, an upload a byte at a
 * time makes 50 million objects, and each new one adds up all that were before (T18).
 */
export const piecesMost = 1_000;

/**
 * Takes a place for a piece that begins where the upload stands; not when it stands elsewhere, or is no upload any more. A piece
 * that somebody else began at the same place and has not finished is given up: whoever finishes second finds it gone.
 */
export async function registerPiece(
  sql: Sql,
  piece: { mediaId: string; start: number; sizeBytes: number; key: string; now: Date },
): Promise<"placed" | "elsewhere" | "too_many"> {
  const { mediaId, start, sizeBytes, key, now } = piece;
  return await sql.begin(async (tx) => {
    const [upload] = await tx`select 1 from media where id = ${mediaId} and state = 'uploading' for update`;
    if (upload === undefined || (await sumStored(tx, mediaId)) !== start) return "elsewhere";
    const [{ pieces }] = await tx`select count(*)::int as pieces from upload_pieces where media_id = ${mediaId}`;
    if (pieces >= piecesMost) return "too_many";
    await listForDeletion(
      tx,
      await tx`delete from upload_pieces where media_id = ${mediaId} and not stored returning blob_key`,
      now,
    );
    // There still when the other one finished just now.
    const placed = await tx`
      insert into upload_pieces (media_id, start_byte, size_bytes, blob_key, created_at)
      values (${mediaId}, ${start}, ${sizeBytes}, ${key}, ${now}) on conflict do nothing returning media_id`;
    return placed.length > 0 ? "placed" : "elsewhere";
  });
}

/** Its bytes are there. False when the place was given to another, or the upload is gone. */
export async function markStored(sql: Sql, { mediaId, key }: { mediaId: string; key: string }): Promise<boolean> {
  const marked = await sql`
    update upload_pieces set stored = true where media_id = ${mediaId} and blob_key = ${key} returning media_id`;
  return marked.length > 0;
}

export async function readPieces(sql: Sql, mediaId: string): Promise<Piece[]> {
  const rows: { blob_key: string; size_bytes: number }[] = await sql`
    select blob_key, size_bytes::float8 as size_bytes from upload_pieces
    where media_id = ${mediaId} and stored order by start_byte`;
  return rows.map(({ blob_key, size_bytes }) => ({ key: blob_key, sizeBytes: size_bytes }));
}

/** Null when no piece is stored. */
export async function storedBytes(sql: Sql, mediaId: string): Promise<number | null> {
  const bytes = await sumStored(sql, mediaId);
  return bytes === 0 ? null : bytes;
}

export async function readUpload(
  sql: Sql,
  mediaId: string,
): Promise<{ sizeBytes: number; offset: number; createdAt: Date } | null> {
  const [row] = await sql`
    select upload_bytes::float8 as upload_bytes, created_at from media where id = ${mediaId} and state = 'uploading'`;
  if (row === undefined) return null;
  return { sizeBytes: row.upload_bytes, offset: await sumStored(sql, mediaId), createdAt: row.created_at };
}

/** The rows go, and their objects are listed for deletion, together. */
export async function dropPieces(sql: Sql, mediaId: string, now: Date): Promise<void> {
  await sql.begin(async (tx) => {
    await listForDeletion(tx, await tx`delete from upload_pieces where media_id = ${mediaId} returning blob_key`, now);
  });
}

/** Uploads with pieces from before `time`. */
export async function olderPieces(sql: Sql, time: Date): Promise<string[]> {
  const rows: { media_id: string }[] = await sql`
    select distinct media_id from (
      select media_id from upload_pieces where created_at < ${time} order by created_at limit 1000) old`;
  return rows.map(({ media_id }) => media_id);
}

async function sumStored(sql: Sql, mediaId: string): Promise<number> {
  const [row] = await sql`
    select coalesce(sum(size_bytes), 0)::float8 as bytes from upload_pieces where media_id = ${mediaId} and stored`;
  return row.bytes;
}

async function listForDeletion(tx: Sql, rows: { blob_key: string }[], now: Date): Promise<void> {
  for (const { blob_key } of rows)
    await tx`insert into blob_deletions (blob_key, created_at) values (${blob_key}, ${now}) on conflict do nothing`;
}
