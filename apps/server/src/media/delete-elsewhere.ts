import type { Sql } from "../db/sql.ts";

/**
 * For a process that cannot reach the photos' bytes (a gateway without a bucket): a worker deletes what is listed, now and
 * not with its next round (T7). To delete here would succeed, find nothing, and strike it off the list.
 */
export async function deleteElsewhere(sql: Sql): Promise<void> {
  await sql`select graphile_worker.add_job('media:sweep', job_key := 'media-sweep-now')`;
}
