import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ListedBlob } from "../ports/blobs.ts";
import { blobKeyPattern } from "./blob-key.ts";

/** What lies below `prefix`, in the order of whole keys, from the files themselves. */
export async function listDisk(
  dir: string,
  asked: { prefix: string; after?: string; limit?: number },
): Promise<ListedBlob[]> {
  const found: ListedBlob[] = [];
  for await (const key of walk(dir, "", asked)) {
    const { size, mtime } = (await statIfThere(join(dir, key))) ?? {};
    if (size !== undefined && mtime !== undefined) found.push({ key, sizeBytes: size, modifiedAt: mtime });
    if (found.length === Math.min(asked.limit ?? 1000, 1000)) break;
  }
  return found;
}

async function* walk(dir: string, folder: string, asked: { prefix: string; after?: string }): AsyncGenerator<string> {
  const { prefix, after = "" } = asked;
  // Sorted with its slash: "a-b/x" comes before "a/x", as in a list of whole keys.
  const names = (await entries(join(dir, folder)))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`)
    .toSorted((one, other) => (one < other ? -1 : 1));
  for (const name of names) {
    const isFolder = name.endsWith("/");
    if (!blobKeyPattern.test(isFolder ? name.slice(0, -1) : name)) continue;
    if (isFolder) {
      const mayHold = name.startsWith(prefix) || prefix.startsWith(name);
      if (mayHold && (name > after || after.startsWith(name))) yield* walk(dir, name, asked);
    } else if (name.startsWith(prefix) && name > after) yield name;
  }
}

/** A folder may go while it is walked. */
async function entries(path: string): Promise<Dirent[]> {
  return await readdir(path, { withFileTypes: true }).catch(orMissing<Dirent[]>([]));
}

async function statIfThere(path: string) {
  return await stat(path).catch(orMissing(null));
}

function orMissing<T>(fallback: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return fallback;
    throw error;
  };
}
