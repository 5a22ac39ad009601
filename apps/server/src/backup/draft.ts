import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isAlive } from "../db/postmaster.ts";
import type { BackupKey } from "./backup-key.ts";
import { SealedWriter } from "./sealed-file.ts";
import { UnfitBackup, type Manifest } from "./manifest.ts";

/** A backup in the making: in a folder beside its place, which it takes in one step when it is whole. */
export class Draft {
  readonly dir: string;
  readonly parts: Manifest["parts"] = {};
  private readonly target: string;
  private readonly key: BackupKey;
  private open: SealedWriter | null = null;

  private constructor(target: string, dir: string, key: BackupKey) {
    this.target = target;
    this.dir = dir;
    this.key = key;
  }

  /** Throws `UnfitBackup` when the place is taken. What a killed backup left beside it goes. */
  static async begin(place: string, key: BackupKey): Promise<Draft> {
    const target = resolve(place);
    if ((await entriesOf(target)).length > 0) throw new UnfitBackup(`${target} is not empty: name a new folder.`);
    await mkdir(dirname(target), { recursive: true });
    await removeDead(target);
    const dir = `${target}.unfinished-${process.pid}`;
    await mkdir(dir, { mode: 0o700 });
    return new Draft(target, dir, key);
  }

  /** Writes one sealed part. */
  async part<T>(name: string, fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<T>): Promise<T> {
    const writer = await SealedWriter.create(join(this.dir, name), this.key.derive(name));
    this.open = writer;
    const filled = await fill((bytes) => writer.write(bytes));
    this.parts[name] = await writer.end();
    this.open = null;
    return filled;
  }

  async finish(): Promise<void> {
    await syncFolder(this.dir);
    await rename(this.dir, this.target);
    await syncFolder(dirname(this.target));
  }

  async abandon(): Promise<void> {
    await this.open?.abandon();
    await rm(this.dir, { recursive: true, force: true });
  }
}

async function entriesOf(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

async function removeDead(target: string): Promise<void> {
  const mark = `${basename(target)}.unfinished-`;
  for (const name of await entriesOf(dirname(target))) {
    const pid = name.startsWith(mark) ? Number(name.slice(mark.length)) : Number.NaN;
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
