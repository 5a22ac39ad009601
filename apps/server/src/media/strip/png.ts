import { crc32, deflateSync, inflateSync } from "node:zlib";
import { ascii, ByteReader, joinBytes, startsWith, u32be, Unparsable } from "./bytes.ts";
import { orientationTiff, readOrientation } from "./exif.ts";
import { blankProfile } from "./icc.ts";
import type { Stripped } from "./stripped.ts";

/** Pixels, their colours, and the frames of animated PNG. Text, time, density and everything unknown goes. */
const kept = new Set([
  ...["IHDR", "PLTE", "IDAT", "IEND", "tRNS"],
  ...["sRGB", "gAMA", "cHRM", "cICP", "mDCV", "cLLI", "sBIT"],
  ...["acTL", "fcTL", "fdAT"],
]);
/** A photo of 50 MB in pieces of 8 kB has 6,400. */
const chunksAtMost = 100_000;
export const iccBytesAtMost = 4 * 1024 * 1024;

interface Chunk {
  type: string;
  data: Uint8Array;
  whole: Uint8Array;
}

export function stripPng(bytes: Uint8Array): Stripped {
  if (!startsWith(bytes, "\x89PNG\r\n\x1a\n")) throw new Unparsable("no PNG signature");
  const chunks = readChunks(new ByteReader(bytes, 8));
  const header = chunks[0];
  if (header?.type !== "IHDR" || header.data.length !== 13) throw new Unparsable("a PNG without its header");
  const size = new ByteReader(header.data);
  const orientation = orientationOf(chunks);
  const icc = profileOf(chunks);
  const profileChunk = chunks.find(({ type }) => type === "iCCP");
  const parts = chunks.map((chunk) =>
    chunk === profileChunk && icc !== null ? iccChunk(icc) : keep({ chunk, orientation }),
  );
  return {
    bytes: joinBytes([bytes.subarray(0, 8), ...parts]),
    width: size.u32(),
    height: size.u32(),
    frames: framesOf(chunks),
    orientation,
    icc,
  };
}

/** A PNG without a profile, with one put in behind its header. */
export function addPngProfile(png: Uint8Array, icc: Uint8Array): Uint8Array {
  return joinBytes([png.subarray(0, headerEnd), iccChunk(icc), png.subarray(headerEnd)]);
}

const headerEnd = 8 + 12 + 13;

function iccChunk(icc: Uint8Array): Uint8Array {
  return writeChunk("iCCP", joinBytes([ascii("icc\0\0"), deflateSync(icc)]));
}

function readChunks(reader: ByteReader): Chunk[] {
  const chunks: Chunk[] = [];
  for (;;) {
    const from = reader.at;
    const length = reader.u32();
    const type = reader.type();
    const data = reader.take(length);
    reader.u32();
    if (!/^[A-Za-z]{4}$/.test(type)) throw new Unparsable("a chunk without a name");
    if (/^[A-Z]/.test(type) && !kept.has(type)) throw new Unparsable("a critical chunk that nobody knows");
    chunks.push({ type, data, whole: reader.bytes.subarray(from, reader.at) });
    if (type === "IEND") return chunks;
    if (chunks.length > chunksAtMost) throw new Unparsable("too many chunks");
  }
}

function keep({ chunk, orientation }: { chunk: Chunk; orientation: number }): Uint8Array {
  if (kept.has(chunk.type)) return chunk.whole;
  if (chunk.type === "eXIf" && orientation !== 1) return writeChunk("eXIf", orientationTiff(orientation));
  return new Uint8Array(0);
}

function writeChunk(type: string, data: Uint8Array): Uint8Array {
  const body = joinBytes([ascii(type), data]);
  return joinBytes([u32be(data.length), body, u32be(crc32(body))]);
}

function orientationOf(chunks: readonly Chunk[]): number {
  const exif = chunks.find(({ type }) => type === "eXIf");
  return exif === undefined ? 1 : readOrientation(exif.data);
}

function profileOf(chunks: readonly Chunk[]): Uint8Array | null {
  const chunk = chunks.find(({ type }) => type === "iCCP");
  if (chunk === undefined) return null;
  try {
    const packed = chunk.data.subarray(nameEnd(chunk.data) + 2);
    return blankProfile(new Uint8Array(inflateSync(packed, { maxOutputLength: iccBytesAtMost })));
  } catch {
    // A profile that does not unpack is ignored by every reader, and so not kept.
    return null;
  }
}

function nameEnd(data: Uint8Array): number {
  const end = data.indexOf(0);
  return end < 0 ? data.length : end;
}

function framesOf(chunks: readonly Chunk[]): number {
  const control = chunks.find(({ type }) => type === "acTL");
  return control === undefined ? 1 : Math.max(1, new ByteReader(control.data).u32());
}
