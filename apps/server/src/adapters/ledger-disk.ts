import { constants } from "node:fs";
import { mkdir, open, readdir, readFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { decodeEntries, encodeEntries, LedgerAway, type Ledger } from "../ports/ledger.ts";

/**
 * The ledger as files of lines in one folder: each process writes its own, so that several may share the folder, and begins
 * another after a failed write, so that a half-written line is always a file's last.
 */
export function diskLedger({ dir }: { dir: string }): Ledger & AsyncDisposable {
  let current: FileHandle | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  const writeNow = async (text: string) => {
    try {
      // Tidied away while it was open: what is written there is gone.
      if (current && (await current.stat()).nlink === 0) await close();
      current ??= await createPart(dir);
      await current.appendFile(text);
      await current.datasync();
    } catch (error) {
      await close();
      throw new LedgerAway(`the erasure ledger in ${dir} cannot be written`, { cause: error });
    }
  };
  const close = async () => {
    await current?.close().catch(() => undefined);
    current = null;
  };
  return {
    where: dir,
    append: async (entries) => {
      const mine = writing.then(async () => await writeNow(encodeEntries(entries)));
      writing = mine.catch(() => undefined);
      await mine;
    },
    async *read() {
      for (const name of await partNames(dir)) yield* decodeEntries(await readFile(join(dir, name), "utf8"), name);
    },
    [Symbol.asyncDispose]: close,
  };
}

async function createPart(dir: string): Promise<FileHandle> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const handle = await open(join(dir, `${Bun.randomUUIDv7()}.jsonl`), "ax", 0o600);
  const folder = await open(dir, constants.O_RDONLY);
  try {
    await handle.sync();
    await folder.sync();
  } finally {
    await folder.close();
  }
  return handle;
}

async function partNames(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).filter((name) => name.endsWith(".jsonl")).toSorted();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
