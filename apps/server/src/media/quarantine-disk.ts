import { mkdir, open, readdir, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import type { Quarantine } from "./quarantine.ts";

/** Of one medium: the bytes `<id>`, the upload's record `<id>.json`, and the folder `<id>.out` of the child. */
export interface DiskQuarantine extends Quarantine {
  dir: string;
}

export async function diskQuarantine({
  dir,
  reserveBytes,
}: {
  dir: string;
  reserveBytes: number;
}): Promise<DiskQuarantine> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const fileOf = (mediaId: string): string => join(dir, mediaId);
  const outputOf = (mediaId: string): string => join(dir, `${mediaId}.out`);
  return {
    dir,
    tus: new FileStore({ directory: dir }),
    checkOut: async (mediaId) => {
      // One of its own each time: two processes may be at it after a crash.
      const outputDir = join(outputOf(mediaId), crypto.randomUUID());
      await mkdir(outputDir, { recursive: true, mode: 0o700 });
      const drop = async () => await rm(outputDir, { recursive: true, force: true });
      return { input: fileOf(mediaId), outputDir, [Symbol.asyncDispose]: drop };
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
