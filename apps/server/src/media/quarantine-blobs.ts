import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Sql } from "../db/sql.ts";
import { BlobsAway, type Blobs } from "../ports/blobs.ts";
import { deleteBlobs } from "./purge.ts";
import { dropPieces, olderPieces, readPieces, storedBytes, type Piece } from "./pieces-store.ts";
import { piecesTus } from "./pieces-tus.ts";
import type { Quarantine } from "./quarantine.ts";

/** Objects below it are raw uploads: no backup takes them, and the bucket may expire them after two days. */
export const quarantinePrefix = "quarantine/";

export interface BlobQuarantineOptions {
  sql: Sql;
  blobs: Blobs;
  now: () => Date;
  /** Of this machine: where a child finds what it works on. */
  workDir: string;
  /** Whether jobs run in this process: what an earlier one left in the folder goes then. */
  work: boolean;
}

/** Uploads in pieces of the blob store, each named by a row (`upload_pieces`): begun here, continued there, processed elsewhere. */
export async function blobQuarantine(options: BlobQuarantineOptions): Promise<Quarantine> {
  const { sql, blobs, workDir, now } = options;
  if (options.work) await rm(workDir, { recursive: true, force: true });
  return {
    tus: piecesTus({ sql, blobs, now, keyFor: (mediaId) => `${quarantinePrefix}${mediaId}/${crypto.randomUUID()}` }),
    checkOut: async (mediaId) => {
      const dir = join(workDir, `${mediaId}.${crypto.randomUUID()}`);
      const [input, outputDir] = [join(dir, "in"), join(dir, "out")];
      const drop = async () => await rm(dir, { recursive: true, force: true });
      await mkdir(outputDir, { recursive: true, mode: 0o700 });
      try {
        await fetchPieces(blobs, await readPieces(sql, mediaId), input);
      } catch (error) {
        await drop();
        throw error;
      }
      return { input, outputDir, [Symbol.asyncDispose]: drop };
    },
    clear: async (mediaId) => {
      await dropPieces(sql, mediaId, now());
      await deleteAll({ sql, blobs, mediaId });
    },
    sync: async () => {},
    sizeOf: async (mediaId) => await storedBytes(sql, mediaId),
    olderThan: async (time) => {
      // Ids are given out in order of time, so the oldest come first.
      const listed = (await blobs.list({ prefix: quarantinePrefix })).filter(({ modifiedAt }) => modifiedAt < time);
      const ids = listed.map(({ key }) => key.split("/")[1] ?? "");
      return [...new Set([...ids, ...(await olderPieces(sql, time))])];
    },
    // The bucket says it when it is full, and not before.
    hasRoom: async () => true,
  };
}

/** Also what no row names: a put that was under way when its upload went. What cannot be deleted now is the sweep's. */
async function deleteAll({ sql, blobs, mediaId }: { sql: Sql; blobs: Blobs; mediaId: string }): Promise<void> {
  try {
    for (const { key } of await blobs.list({ prefix: `${quarantinePrefix}${mediaId}/` })) await blobs.delete(key);
    await deleteBlobs({ sql, blobs });
  } catch (error) {
    if (!(error instanceof BlobsAway)) throw error;
  }
}

async function fetchPieces(blobs: Blobs, pieces: readonly Piece[], path: string): Promise<void> {
  await pipeline(Readable.from(bytesOf(blobs, pieces)), createWriteStream(path, { flags: "wx", mode: 0o600 }));
}

async function* bytesOf(blobs: Blobs, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const { key } of pieces) {
    const bytes = await blobs.get(key);
    if (bytes === null) throw new Error("a piece of an upload is not there");
    yield* bytes;
  }
}
