import { randomBytes } from "node:crypto";
import type { Sql } from "../../db/sql.ts";
import type { Blobs } from "../../ports/blobs.ts";
import { ok, warning, within, wordsOf, wrong, type Finding } from "./finding.ts";

const sampled = 200;
const answersWithinMs = 10_000;
/** Bytes come before their row. */
const underWayMs = 60 * 60 * 1000;

/** Writes, reads and deletes one small object. */
export async function checkStore(blobs: Blobs, where: string): Promise<Finding> {
  const what = "photo store";
  const key = `doctor/${crypto.randomUUID()}`;
  try {
    await within(blobs.put(key, new Uint8Array([1, 2, 3])), answersWithinMs, where);
    const stream = await within(blobs.get(key), answersWithinMs, where);
    const read = stream && new Uint8Array(await within(new Response(stream).arrayBuffer(), answersWithinMs, where));
    await within(blobs.delete(key), answersWithinMs, where);
    if (read?.join() !== "1,2,3") throw new Error("what was written does not come back");
    return ok(what, `${where}: written, read and deleted`);
  } catch (error) {
    const todo =
      "For a folder: its rights and its disk. For S3: the address, the key and its rights, the bucket's name, and the certificate.";
    return wrong(what, `${where}: ${wordsOf(error)}`, todo);
  }
}

/** A sample from a random place on: rows whose bytes are not there, and bytes that no row names. */
export async function checkPhotos(deps: { sql: Sql; blobs: Blobs }): Promise<Finding[]> {
  return [await checkRows(deps), await checkFiles(deps)];
}

async function checkRows({ sql, blobs }: { sql: Sql; blobs: Blobs }): Promise<Finding> {
  const what = "photos";
  const rows: { blob_key: string; size_bytes: number }[] = await sql`
    (select blob_key, size_bytes::float8 as size_bytes from renditions where media_id >= ${randomId()} order by media_id limit ${sampled})
    union
    (select blob_key, size_bytes::float8 as size_bytes from renditions order by media_id desc limit ${sampled})`;
  const missing = [];
  for (const { blob_key, size_bytes } of rows) {
    const [found] = await blobs.list({ prefix: blob_key, limit: 1 });
    if (found?.key !== blob_key || found.sizeBytes !== size_bytes) missing.push(blob_key);
  }
  // Erased while it was looked at.
  const named = await sql`select 1 from renditions where blob_key = any(${sql.array(missing, "TEXT")}::text[])`;
  if (missing.length === 0 || named.length === 0) return ok(what, `${rows.length} looked at, all there`);
  const detail = `of ${rows.length} looked at, ${named.length} are not there or have another size, such as ${missing[0]}`;
  return wrong(
    what,
    detail,
    "Bring them back from a backup's data, or from the disk or bucket that they lay on. Is S3_URL or SOTTO_DATA another than before?",
  );
}

async function checkFiles({ sql, blobs }: { sql: Sql; blobs: Blobs }): Promise<Finding> {
  const what = "stray bytes";
  const after = `media/${randomId()}`;
  const listed = [
    ...(await blobs.list({ prefix: "media/", after, limit: sampled })),
    ...(await blobs.list({ prefix: "media/", limit: sampled })),
  ];
  const old = listed.filter(({ modifiedAt }) => modifiedAt.getTime() < Date.now() - underWayMs).map(({ key }) => key);
  const keys = [...new Set(old)];
  const asked = sql.array(keys, "TEXT");
  const known: { blob_key: string }[] = await sql`
    select blob_key from renditions where blob_key = any(${asked}::text[])
    union select blob_key from blob_deletions where blob_key = any(${asked}::text[])`;
  const names = new Set(known.map((row) => row.blob_key));
  const stray = keys.filter((key) => !names.has(key));
  if (stray.length === 0) return ok(what, `${keys.length} files looked at, a row for each`);
  const detail = `of ${keys.length} files looked at, no row names ${stray.length}, such as ${stray[0]}`;
  return warning(
    what,
    detail,
    "They are served to nobody. After a restore with --force or two databases on one folder they may be deleted; compare first.",
  );
}

/** Somewhere among ids that begin with a time of the last years. */
function randomId(): string {
  const hex = `01${randomBytes(15).toString("hex")}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
