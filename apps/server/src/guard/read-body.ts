import type { IncomingMessage } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

export interface ReadBody {
  bytes: Uint8Array;
  /** There was more than was asked for; the beginning is here. */
  cut: boolean;
}

export type BodyRefusal = "too_large" | "bad_answer";

/** What unpacks to more than so many times itself, past its first 64 KiB, is a bomb. */
const ratioAtMost = 200;
const ratioFromBytes = 65_536;
/** Pieces of fewer bytes than this on average, past so many of them: a million of one byte each cost 200 MB and half a second. */
const pieceBytes = 16;
const piecesFrom = 4_096;

/**
 * Reads at most `bytesAtMost` bytes, before and after unpacking; what comes after them is never taken from the socket. `cut` takes
 * the beginning of a longer one, else it is `too_large`; a bomb is that either way. Throws when the answer breaks off.
 */
export async function readBody(
  answer: IncomingMessage,
  { bytesAtMost, cut }: { bytesAtMost: number; cut: boolean },
): Promise<ReadBody | BodyRefusal> {
  const packed = (answer.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  const unpack = unpackers[packed];
  // Several on top of each other, or one that was not asked for.
  if (unpack === undefined) return "bad_answer";
  const unpacker = unpack();
  const counted = { packed: 0 };
  if (unpacker !== null) answer.on("data", (chunk: Uint8Array) => (counted.packed += chunk.length));
  // What goes wrong in between shows in the loop below.
  const source = unpacker === null ? answer : pipeline(answer, unpacker, () => {});
  let gathered = new Uint8Array(65_536);
  let length = 0;
  let pieces = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      if ((pieces += 1) > piecesFrom && length < pieces * pieceBytes) return "bad_answer";
      const taken = chunk.subarray(0, bytesAtMost - length);
      if (length + taken.length > gathered.length) gathered = grown(gathered, length + taken.length);
      gathered.set(taken, length);
      length += taken.length;
      if (unpacker !== null && length > ratioFromBytes && length > counted.packed * ratioAtMost) return "too_large";
      if (taken.length === chunk.length && counted.packed <= bytesAtMost * 2) continue;
      return cut ? { bytes: gathered.subarray(0, length), cut: true } : "too_large";
    }
  } finally {
    answer.destroy();
    unpacker?.destroy();
  }
  return { bytes: gathered.subarray(0, length), cut: false };
}

function grown(full: Uint8Array<ArrayBuffer>, neededBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(full.length * 2, neededBytes));
  larger.set(full);
  return larger;
}

const unpackers: Record<string, (() => Transform | null) | undefined> = {
  identity: () => null,
  "": () => null,
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  br: () => createBrotliDecompress(),
  deflate: () => createInflate(),
};

/** What this reads; nothing else is asked for. */
export const acceptEncoding = "gzip, deflate, br";
