import { join } from "node:path";
import type { Sql } from "../db/sql.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { BackupOptions } from "./backup.ts";
import type { BackupKey } from "./backup-key.ts";
import type { Draft } from "./draft.ts";
import { photoList, type Manifest } from "./manifest.ts";
import { packHead, Pieces, sha256Of, type PackedPhoto } from "./photo-packs.ts";
import { readSealed } from "./sealed-file.ts";

/** A damaged file costs one pack, and no file grows without end. */
const packBytes = 256 * 1024 * 1024;
/** So many are read ahead: a store far away answers slowly. Each is at most a photo in memory. */
const readAhead = 4;

/** The photos that the snapshot names, in packs. */
export async function writePhotos(options: BackupOptions, draft: Draft, key: BackupKey): Promise<Manifest["photos"]> {
  const listed = new Pieces(readSealed(join(draft.dir, photoList), key.derive(photoList)));
  const photos = readAheadOf(listed, options);
  const told: Manifest["photos"] = { list: photoList, packs: [], kept: 0, sizeBytes: 0, gone: 0, missing: 0 };
  let next = await photos.next();
  while (next.done !== true) {
    const pack = `pack-${String(told.packs.length + 1).padStart(6, "0")}`;
    told.packs.push(pack);
    await draft.part(pack, async (write) => {
      for (let bytes = 0; next.done !== true && bytes < packBytes; next = await photos.next()) {
        options.signal.throwIfAborted();
        const found = next.value;
        if (found.bytes === null) {
          told[found.why] += 1;
          continue;
        }
        await write(packHead(found.photo));
        await write(found.bytes);
        bytes += found.bytes.length;
        told.sizeBytes += found.bytes.length;
        told.kept += 1;
        options.progress("photos", told.kept, 0);
      }
    });
  }
  return told;
}

type Found = { photo: PackedPhoto; bytes: Uint8Array } | { bytes: null; why: "gone" | "missing" };

async function* readAheadOf(listed: Pieces, options: BackupOptions): AsyncGenerator<Found, undefined> {
  const waiting: Promise<Found>[] = [];
  for (;;) {
    const line = await listed.line();
    if (line !== null) {
      const found = readPhoto(line, { blobs: options.blobs, sql: options.database.sql });
      // Its fault is met when its turn comes.
      found.catch(() => undefined);
      waiting.push(found);
    }
    if (line !== null && waiting.length < readAhead) continue;
    const first = waiting.shift();
    if (!first) return undefined;
    yield await first;
  }
}

async function readPhoto(line: string, deps: { blobs: Blobs; sql: Sql }): Promise<Found> {
  const [key = "", sizeBytes, sha256 = ""] = line.split("\t");
  const photo = { key, sizeBytes: Number(sizeBytes), sha256 };
  const stream = await deps.blobs.get(key);
  const bytes = stream && new Uint8Array(await new Response(stream).arrayBuffer());
  if (bytes && bytes.length === photo.sizeBytes && sha256Of(bytes) === sha256) return { photo, bytes };
  const named = await deps.sql`select 1 from renditions where blob_key = ${key}`;
  return { bytes: null, why: named.length > 0 ? "missing" : "gone" };
}
