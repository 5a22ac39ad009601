import { mkdir, open, readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";

/**
 * Where uploads lie as they came, metadata and all: never served, never backed up, gone within 24 hours (R20).
 * Of one medium: the bytes `<id>`, the upload's record `<id>.json`, and the folder `<id>.out` of the child.
 */
export interface Quarantine {
  dir: string;
  fileOf(mediaId: string): string;
  /** An empty folder for the child's renditions. */
  freshOutput(mediaId: string): Promise<string>;
  /** Everything of one medium. */
  clear(mediaId: string): Promise<void>;
  /** Waits until the uploaded bytes are on the disk. */
  sync(mediaId: string): Promise<void>;
  sizeOf(mediaId: string): Promise<number | null>;
  /** Ids of which something lies here since before `time`. */
  olderThan(time: Date): Promise<string[]>;
  /** Whether `bytes` more fit beside what is kept free. */
  hasRoom(bytes: number): Promise<boolean>;
}

export async function openQuarantine({
  dir,
  reserveBytes,
}: {
  dir: string;
  reserveBytes: number;
}): Promise<Quarantine> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const fileOf = (mediaId: string): string => join(dir, mediaId);
  const outputOf = (mediaId: string): string => join(dir, `${mediaId}.out`);
  return {
    dir,
    fileOf,
    freshOutput: async (mediaId) => {
      // One of its own each time: two processes may be at it after a crash.
      const fresh = join(outputOf(mediaId), crypto.randomUUID());
      await mkdir(fresh, { recursive: true, mode: 0o700 });
      return fresh;
    },
    clear: async (mediaId) => {
      for (const path of [outputOf(mediaId), `${fileOf(mediaId)}.json`, fileOf(mediaId)])
        await rm(path, { recursive: true, force: true });
    },
    sync: async (mediaId) => {
      const handle = await open(fileOf(mediaId), "r");
      await handle.sync();
      await handle.close();
    },
    sizeOf: async (mediaId) => (await statOrNull(fileOf(mediaId)))?.size ?? null,
    olderThan: (time) => listOlder(dir, time),
    hasRoom: async (bytes) => {
      const { bavail, bsize } = await statfs(dir);
      return bavail * bsize >= bytes + reserveBytes;
    },
  };
}

async function listOlder(dir: string, time: Date): Promise<string[]> {
  const ids = new Set<string>();
  for (const name of await readdir(dir)) {
    const found = await statOrNull(join(dir, name));
    if (found !== null && found.mtime < time) ids.add(name.replace(/\.(json|out)$/, ""));
  }
  return [...ids];
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
