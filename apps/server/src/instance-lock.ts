import { Database as LockFile } from "bun:sqlite";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who serves a data folder. */
export interface Instance {
  pid: number;
  /** Where it listens, or is about to. */
  url: string;
}

/** `listensAt`: the address turned out to be this one. */
export type LockResult =
  | { is: "held"; listensAt(url: string): void; release(): void }
  | { is: "taken"; by: Instance | undefined };

/**
 * One server for one data folder. The lock is the operating system's: it goes with the process that holds it, however that
 * ends, and two who start at once cannot both have it. A file with a process number in it gives neither (two takers of a dead one's
 * file, a number used again). Neither Bun nor Node offers a file lock; SQLite, which Bun brings, takes one on an empty file.
 */
export function lockInstance(options: { dataDir: string; url: string }): LockResult {
  mkdirSync(options.dataDir, { recursive: true });
  const lock = tryLock(options.dataDir, lookMs);
  const note = noteFile(options.dataDir);
  if (lock === undefined) return { is: "taken", by: readNote(note) };
  const listensAt = (url: string) => writeFileSync(note, JSON.stringify({ pid: process.pid, url } satisfies Instance));
  listensAt(options.url);
  return {
    is: "held",
    listensAt,
    release() {
      rmSync(note, { force: true });
      lock.close();
    },
  };
}

/** Who serves the folder now, for the command line. */
export function findInstance(dataDir: string): Instance | undefined {
  const note = readNote(noteFile(dataDir));
  if (note === undefined) return undefined;
  const lock = tryLock(dataDir, 0);
  lock?.close();
  return lock === undefined ? note : undefined;
}

/** A look by `findInstance` holds the lock for a moment: a start waits longer than that. */
const lookMs = 200;

function tryLock(dataDir: string, waitMs: number): LockFile | undefined {
  const file = new LockFile(join(dataDir, "server.lock"), { create: true });
  try {
    file.run(`pragma busy_timeout = ${waitMs}`);
    file.run("begin exclusive");
    return file;
  } catch (error) {
    file.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return undefined;
    throw error;
  }
}

function noteFile(dataDir: string): string {
  return join(dataDir, "server.json");
}

function readNote(path: string): Instance | undefined {
  try {
    const { pid, url } = JSON.parse(readFileSync(path, "utf8")) as Partial<Instance>;
    return typeof pid === "number" && typeof url === "string" ? { pid, url } : undefined;
  } catch {
    return undefined;
  }
}
