import { limits } from "@sotto/protocol/limits.ts";
import type { ErrorCode } from "@sotto/protocol/errors.ts";
import type { Media } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { blobKey, renditionNames, type Refused, type RenditionName, type Transformed } from "./renditions.ts";

/** All of the SQL about one medium's life: uploading → processing → ready or failed. */

const dayMs = 24 * 60 * 60 * 1000;

export interface MediaRow {
  id: string;
  owner_id: string;
  state: "uploading" | "processing" | "ready" | "failed";
  upload_bytes: number;
  error_code: ErrorCode | null;
  error_detail: string | null;
}

/**
 * Counts and inserts under a lock of the person, so that parallel uploads cannot pass the quota together. Counted is whatever
 * nobody has been shown yet, also what is ready: T18. Older rows are the sweep's, which drops them after a day.
 */
export async function insertUpload(
  sql: Sql,
  upload: { id: string; ownerId: string; bytes: number; now: Date },
): Promise<"inserted" | "over_quota"> {
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`uploads ${upload.ownerId}`}, 0))`;
    const [held] = await tx`
      select count(*)::int as count, coalesce(sum(upload_bytes), 0)::float8 as bytes from media m
      where owner_id = ${upload.ownerId} and not preview and created_at > ${new Date(upload.now.getTime() - 2 * dayMs)}
        and (state in ('uploading', 'processing') or state = 'ready'
          and not exists (select 1 from message_media mm where mm.media_id = m.id)
          and not exists (select 1 from people p where p.picture_media_id = m.id))`;
    if (held.count >= limits.pendingUploads || held.bytes + upload.bytes > limits.pendingUploadBytes)
      return "over_quota";
    await tx`
      insert into media (id, owner_id, state, upload_bytes, created_at)
      values (${upload.id}, ${upload.ownerId}, 'uploading', ${upload.bytes}, ${upload.now})`;
    return "inserted";
  });
}

/** What the server fetched for a preview: it counts towards nobody's uploads. */
export async function insertPreviewImage(
  sql: Sql,
  image: { id: string; ownerId: string; bytes: number; now: Date },
): Promise<void> {
  await sql`
    insert into media (id, owner_id, state, upload_bytes, preview, created_at)
    values (${image.id}, ${image.ownerId}, 'uploading', ${image.bytes}, true, ${image.now})`;
}

/** Null for a medium of somebody else, as for one that is not there (R27). */
export async function readOwn(sql: Sql, asked: { mediaId: string; ownerId: string }): Promise<MediaRow | null> {
  const [row]: MediaRow[] = await sql`
    select id, owner_id, state, upload_bytes::float8 as upload_bytes, error_code, error_detail from media
    where id = ${asked.mediaId} and owner_id = ${asked.ownerId}`;
  return row ?? null;
}

export async function readProcessing(sql: Sql, mediaId: string): Promise<{ ownerId: string } | null> {
  const [row] = await sql`select owner_id from media where id = ${mediaId} and state = 'processing'`;
  return row === undefined ? null : { ownerId: row.owner_id };
}

/**
 * The job is queued in the transaction that makes it necessary; a second one with the same key replaces the first. The more of
 * one person's photos are in processing, the later comes the next: those of others pass it.
 */
export async function startProcessing(sql: Sql, mediaId: string): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`update media set state = 'processing' where id = ${mediaId} and state = 'uploading'`;
    await queueProcessing(tx, mediaId);
  });
}

export async function queueProcessing(sql: Sql, mediaId: string): Promise<void> {
  await sql`
    select graphile_worker.add_job('media:process', ${{ mediaId }}::json, job_key := ${`media ${mediaId}`}, max_attempts := ${processAttempts},
      priority := (
        select count(*)::int from media m join media own on own.owner_id = m.owner_id
        where own.id = ${mediaId} and m.state = 'processing'))`;
}

/** With its growing pauses the last one comes after some six hours. */
export const processAttempts = 10;

/** False when the medium is gone or settled already: nothing was written. */
export async function markReady(sql: Sql, mediaId: string, photo: Transformed, now: Date): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const settled = await tx`
      update media set state = 'ready', width = ${photo.width}, height = ${photo.height}, animated = ${photo.animated},
        placeholder = ${photo.placeholder}, ready_at = ${now}
      where id = ${mediaId} and state = 'processing' returning id`;
    if (settled.length === 0) return false;
    for (const name of renditionNames) {
      const { mimeType, width, height, sizeBytes, sha256 } = photo.renditions[name];
      await tx`
        insert into renditions (media_id, name, blob_key, mime_type, width, height, size_bytes, sha256)
        values (${mediaId}, ${name}, ${blobKey(mediaId, name)}, ${mimeType}, ${width}, ${height}, ${sizeBytes}, ${sha256})`;
    }
    return true;
  });
}

export async function markFailed(sql: Sql, mediaId: string, refused: Refused): Promise<boolean> {
  const settled = await sql`
    update media set state = 'failed', error_code = ${refused.code}, error_detail = ${refused.detail}
    where id = ${mediaId} and state = 'processing' returning id`;
  return settled.length > 0;
}

export async function mediaExists(sql: Sql, mediaId: string): Promise<boolean> {
  return (await sql`select 1 from media where id = ${mediaId}`).length > 0;
}

/** How to show media that are ready; others are missing from the map. */
export async function mediaViews(sql: Sql, mediaIds: readonly string[]): Promise<Map<string, Media>> {
  if (mediaIds.length === 0) return new Map();
  const rows: ViewRow[] = await sql`
    select m.id, m.kind, m.width, m.height, m.animated, m.placeholder, r.name,
      r.width as rendition_width, r.height as rendition_height, r.size_bytes::float8 as size_bytes, r.mime_type
    from media m join renditions r on r.media_id = m.id
    where m.id = any(${sql.array([...mediaIds], "UUID")}::uuid[]) and m.state = 'ready'`;
  const views = new Map<string, Media>();
  for (const [id, ofOne] of Map.groupBy(rows, (row) => row.id)) {
    const view = toView(ofOne);
    if (view !== null) views.set(id, view);
  }
  return views;
}

interface ViewRow {
  id: string;
  kind: "photo";
  width: number | null;
  height: number | null;
  animated: boolean;
  placeholder: string | null;
  name: RenditionName;
  rendition_width: number;
  rendition_height: number;
  size_bytes: number;
  mime_type: string;
}

function toView(rows: readonly ViewRow[]): Media | null {
  const [first] = rows;
  const rendition = (name: RenditionName) => {
    const row = rows.find((one) => one.name === name);
    if (row === undefined) return null;
    return {
      url: `/v1/media/${row.id}/${name}`,
      width: row.rendition_width,
      height: row.rendition_height,
      sizeBytes: row.size_bytes,
      mimeType: row.mime_type,
    };
  };
  const [list, full, original] = [rendition("list"), rendition("full"), rendition("original")];
  // What a photo is shown by is missing (T30): the message stays, without it.
  if (first?.placeholder === null || first?.width === null || first?.height === null) return null;
  if (first === undefined || list === null || full === null || original === null) return null;
  const { id, kind, width, height, animated, placeholder } = first;
  return { id, kind, width, height, animated, placeholder, renditions: { list, full, original } };
}
