import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";

/** What a power cut would have taken, by `keep-old-bytes.c`'s journal. */
export interface TakenBack {
  writes: number;
  bytes: number;
  files: number;
}

interface Write {
  path: string;
  /** Where its record lies in the journal. */
  at: number;
  offset: number;
  sizeBefore: number;
  old: Uint8Array;
}

const headBytes = 28;

/**
 * Takes back every write that no sync came after, the newest first, and empties the journal. The worst that a disk may do: a real
 * one may have kept some of them. Names of files (made, renamed, removed) stay as they are.
 */
export function takeBack(journal: string): TakenBack {
  const { writes, durable } = readJournal(readFileSync(journal));
  const lost = writes.filter((one) => one.at >= (durable.get(one.path) ?? 0) && existsSync(one.path));
  for (const { path, offset, sizeBefore, old } of lost.toReversed()) {
    const file = openSync(path, "r+");
    if (old.length > 0) writeSync(file, old, 0, old.length, offset);
    ftruncateSync(file, sizeBefore);
    closeSync(file);
  }
  truncateSync(journal, 0);
  const bytes = lost.reduce((sum, one) => sum + one.old.length, 0);
  return { writes: lost.length, bytes, files: new Set(lost.map((one) => one.path)).size };
}

function readJournal(bytes: Buffer): { writes: Write[]; durable: Map<string, number> } {
  const writes: Write[] = [];
  const durable = new Map<string, number>();
  for (let at = 0; at + headBytes <= bytes.length;) {
    const [kind, pathBytes] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const [offset, sizeBefore] = [Number(bytes.readBigUInt64LE(at + 8)), Number(bytes.readBigUInt64LE(at + 16))];
    const oldBytes = bytes.readUInt32LE(at + 24);
    const path = bytes.toString("utf8", at + headBytes, at + headBytes + pathBytes);
    const end = at + headBytes + pathBytes + oldBytes;
    if (kind === 1) writes.push({ path, at, offset, sizeBefore, old: bytes.subarray(end - oldBytes, end) });
    else durable.set(path, Math.max(durable.get(path) ?? 0, offset));
    at = end;
  }
  return { writes, durable };
}
