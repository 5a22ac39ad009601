import type { Sql } from "../db/sql.ts";
import { settleOverdue, type ProcessDeps } from "./process.ts";
import { deleteBlobs, purgeMedia } from "./purge.ts";
import { queueProcessing, startProcessing } from "./store.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** Longer than any job runs between two of its attempts' beginnings in good health. */
const stuckMs = 10 * 60 * 1000;
const rowsAtOnce = 500;

export interface Swept {
  expired: number;
  requeued: number;
  blobsDeleted: number;
  filesCleared: number;
}

/**
 * What time and crashes leave: uploads abandoned and media never sent for a day (T18), jobs that a crash interrupted, bytes
 * whose deletion was cut short, files in quarantine that no row knows. Safe to run at any time, beside everything else.
 */
export async function sweepMedia(deps: ProcessDeps): Promise<Swept> {
  const now = deps.now();
  const dayAgo = new Date(now.getTime() - dayMs);
  for (const id of await readOverdue(deps.sql, dayAgo)) await settleOverdue(deps, id);
  const expired = await dropExpired(deps, dayAgo);
  const requeued = await requeueStuck(deps, new Date(now.getTime() - stuckMs));
  const blobsDeleted = await deleteBlobs(deps);
  return { expired, requeued, blobsDeleted, filesCleared: await clearUnknown(deps, dayAgo) };
}

/** Called once at the start: jobs of a process that is gone stay locked for hours, so they are queued anew. */
export async function requeueInterrupted(deps: Pick<ProcessDeps, "sql" | "quarantine">): Promise<number> {
  return await requeueStuck(deps, new Date(8.64e15));
}

async function dropExpired({ sql, quarantine }: ProcessDeps, dayAgo: Date): Promise<number> {
  const rows: { id: string }[] = await sql`
    select id from media m
    where state in ('uploading', 'failed', 'ready') and created_at < ${dayAgo}
      and not exists (select 1 from message_media mm where mm.media_id = m.id)
      and not exists (select 1 from people p where p.picture_media_id = m.id)
    order by created_at limit ${rowsAtOnce}`;
  let expired = 0;
  for (const { id } of rows) {
    const dropped = await sql.begin(async (tx) => await purgeMedia(tx, [id]));
    if (dropped.length > 0) await quarantine.clear(id);
    expired += dropped.length;
  }
  return expired;
}

async function requeueStuck(
  { sql, quarantine }: Pick<ProcessDeps, "sql" | "quarantine">,
  before: Date,
): Promise<number> {
  const rows: { id: string; state: string; upload_bytes: number }[] = await sql`
    select id, state, upload_bytes::float8 as upload_bytes from media
    where state in ('uploading', 'processing') and created_at < ${before} order by created_at limit ${rowsAtOnce}`;
  let requeued = 0;
  for (const { id, state, upload_bytes } of rows) {
    if (state === "uploading" && (await quarantine.sizeOf(id)) !== upload_bytes) continue;
    if (state === "processing") await queueProcessing(sql, id);
    else await startProcessing(sql, id);
    requeued += 1;
  }
  return requeued;
}

/** In processing for a day: the disk was full all the time, or something is very wrong. */
async function readOverdue(sql: Sql, dayAgo: Date): Promise<string[]> {
  const rows: { id: string }[] = await sql`
    select id from media where state = 'processing' and created_at < ${dayAgo} limit ${rowsAtOnce}`;
  return rows.map(({ id }) => id);
}

async function clearUnknown({ sql, quarantine }: ProcessDeps, dayAgo: Date): Promise<number> {
  const ids = (await quarantine.olderThan(dayAgo)).filter((id) => /^[0-9a-f-]{36}$/.test(id));
  if (ids.length === 0) return 0;
  const rows: { id: string }[] = await sql`
    select id from media where id = any(${sql.array(ids, "UUID")}::uuid[]) and state in ('uploading', 'processing')`;
  const known = new Set(rows.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  for (const id of unknown) await quarantine.clear(id);
  return unknown.length;
}
