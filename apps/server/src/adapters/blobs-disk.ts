import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, rmdir, stat, statfs, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BlobsFull, type Blobs } from "../ports/blobs.ts";
import { blobKeyPattern } from "./blob-key.ts";
import { listDisk } from "./blobs-disk-list.ts";

export interface DiskBlobsOptions {
  dir: string;
  /** Room that is left for the database and everything else: what would use it is refused. */
  reserveBytes?: number;
  /** For a tool beside the server: what is half-written there is the server's. */
  beside?: boolean;
}

/** Blobs as files, one folder a medium. A blob is written beside its place, synced, and renamed into it. */
export async function createDiskBlobs(options: DiskBlobsOptions): Promise<Blobs> {
  const { dir, reserveBytes = 256 * 1024 * 1024, beside = false } = options;
  const unfinished = join(dir, ".unfinished");
  await mkdir(unfinished, { recursive: true });
  if (!beside) await removeAbandoned(unfinished);
  return {
    put: async (key, bytes) => {
      const path = pathOf(dir, key);
      await refuseWhenFull({ dir, neededBytes: bytes.length + reserveBytes });
      await asBlobsFull(async () => {
        const draft = join(unfinished, crypto.randomUUID());
        try {
          await writeSynced(draft, bytes);
          await moveSynced({ draft, path, dir });
        } finally {
          await rm(draft, { force: true });
        }
      });
    },
    get: async (key, range) => {
      const handle = await openIfThere(pathOf(dir, key));
      return handle === null ? null : await streamOf(handle, range);
    },
    delete: async (key) => {
      const path = pathOf(dir, key);
      await rm(path, { force: true });
      await removeIfEmpty(dirname(path), dir);
    },
    list: (asked) => listDisk(dir, asked),
  };
}

/** No write takes as long. */
const abandonedMs = 60 * 60 * 1000;

/**
 * What was being written when a process ended was never promised to anybody. The folder may be shared: what is young may be
 * under way in another process.
 */
async function removeAbandoned(unfinished: string): Promise<void> {
  for (const name of await readdir(unfinished)) {
    const path = join(unfinished, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - abandonedMs) await rm(path, { recursive: true, force: true });
  }
}

const chunkBytes = 256 * 1024;

function pathOf(dir: string, key: string): string {
  if (!blobKeyPattern.test(key)) throw new Error("a blob key that the server did not make");
  return join(dir, key);
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A neighbour's `delete` may take the emptied folder away between the two steps: once more then. */
async function moveSynced(options: { draft: string; path: string; dir: string }, attempt = 1): Promise<void> {
  const { draft, path, dir } = options;
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true });
  try {
    await rename(draft, path);
    await syncFolder(folder);
  } catch (error) {
    if (!hasCode(error, "ENOENT") || attempt === 5) throw error;
    return await moveSynced(options, attempt + 1);
  }
  if (made === undefined) return;
  for (let above = dirname(folder); above.length >= dir.length; above = dirname(above)) await syncFolder(above);
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY);
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return null;
    throw error;
  }
}

/** The open file keeps its bytes however soon it is deleted. */
async function streamOf(
  handle: FileHandle,
  range?: { start: number; end: number },
): Promise<ReadableStream<Uint8Array>> {
  const { size } = await handle.stat();
  let at = range?.start ?? 0;
  const end = Math.min(range?.end ?? size - 1, size - 1);
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const length = Math.min(chunkBytes, end - at + 1);
      const { bytesRead, buffer } =
        length > 0
          ? await handle.read(new Uint8Array(length), 0, length, at)
          : { bytesRead: 0, buffer: new Uint8Array(0) };
      at += bytesRead;
      if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
      if (bytesRead > 0 && at <= end) return;
      await handle.close();
      controller.close();
    },
    cancel: () => handle.close(),
  });
}

async function removeIfEmpty(folder: string, dir: string): Promise<void> {
  if (folder === dir) return;
  try {
    await rmdir(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].some((code) => hasCode(error, code))) throw error;
  }
}

async function refuseWhenFull({ dir, neededBytes }: { dir: string; neededBytes: number }): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize < neededBytes) throw new BlobsFull("less room on the disk than is kept free");
}

async function asBlobsFull(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (hasCode(error, "ENOSPC") || hasCode(error, "EDQUOT")) throw new BlobsFull("the disk is full", { cause: error });
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
