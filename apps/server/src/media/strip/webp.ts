import { ascii, ByteReader, joinBytes, startsWith, u32le, Unparsable } from "./bytes.ts";
import { orientationTiff, readOrientation } from "./exif.ts";
import { blankProfile } from "./icc.ts";
import type { Stripped } from "./stripped.ts";

const kept = new Set(["VP8X", "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF", "ICCP"]);
const keptInFrame = new Set(["VP8 ", "VP8L", "ALPH"]);
const flag = { exif: 0x08, xmp: 0x04 } as const;
const chunksAtMost = 100_000;
const frameHeaderBytes = 16;

interface Chunk {
  type: string;
  data: Uint8Array;
}

/** Keeps picture, alpha, animation and profile; Exif shrinks to the orientation, and the header's flags follow. */
export function stripWebp(bytes: Uint8Array): Stripped {
  const reader = new ByteReader(bytes);
  if (reader.type() !== "RIFF") throw new Unparsable("no RIFF");
  const size = reader.u32(true);
  if (reader.type() !== "WEBP" || size < 4 || size - 4 > reader.left)
    throw new Unparsable("a WebP shorter than it says");
  const chunks = readChunks(reader.take(size - 4));
  const orientation = orientationOf(chunks);
  const icc = chunks.find(({ type }) => type === "ICCP")?.data;
  const body = chunks.filter(({ type }) => kept.has(type)).map((chunk) => keep(chunk, orientation));
  if (orientation !== 1 && chunks.some(({ type }) => type === "VP8X"))
    body.push(writeChunk("EXIF", orientationTiff(orientation)));
  const length = body.reduce((sum, part) => sum + part.length, 4);
  return {
    bytes: joinBytes([ascii("RIFF"), u32le(length), ascii("WEBP"), ...body]),
    ...canvasSize(chunks),
    frames: Math.max(1, chunks.filter(({ type }) => type === "ANMF").length),
    orientation,
    icc: icc === undefined ? null : blankProfile(icc),
  };
}

/** A file with one picture, with a profile put in: what the encoder leaves out when pixels are handed to it bare. */
export function addWebpProfile(options: {
  webp: Uint8Array;
  icc: Uint8Array;
  width: number;
  height: number;
}): Uint8Array {
  const { webp, icc, width, height } = options;
  const chunks = readChunks(webp.subarray(12)).filter(({ type }) => keptInFrame.has(type));
  const alpha = chunks.some(({ type, data }) => type === "ALPH" || (type === "VP8L" && ((data[4] ?? 0) & 0x10) !== 0));
  const size = joinBytes([u32le(width - 1).subarray(0, 3), u32le(height - 1).subarray(0, 3)]);
  const header = writeChunk("VP8X", joinBytes([Uint8Array.of(0x20 | (alpha ? 0x10 : 0), 0, 0, 0), size]));
  const body = joinBytes([header, writeChunk("ICCP", icc), ...chunks.map(({ type, data }) => writeChunk(type, data))]);
  return joinBytes([ascii("RIFF"), u32le(body.length + 4), ascii("WEBP"), body]);
}

function readChunks(bytes: Uint8Array): Chunk[] {
  const reader = new ByteReader(bytes);
  const chunks: Chunk[] = [];
  while (reader.left >= 8) {
    const type = reader.type();
    const length = reader.u32(true);
    chunks.push({ type, data: reader.take(length) });
    if (length % 2 === 1 && reader.left > 0) reader.u8();
    if (chunks.length > chunksAtMost) throw new Unparsable("too many chunks");
  }
  return chunks;
}

function keep(chunk: Chunk, orientation: number): Uint8Array {
  if (chunk.type === "VP8X") return writeChunk("VP8X", fixFlags(chunk.data, orientation));
  if (chunk.type === "ICCP") return writeChunk("ICCP", blankProfile(chunk.data));
  if (chunk.type !== "ANMF") return writeChunk(chunk.type, chunk.data);
  if (chunk.data.length < frameHeaderBytes) throw new Unparsable("a frame without its header");
  const picture = readChunks(chunk.data.subarray(frameHeaderBytes)).filter(({ type }) => keptInFrame.has(type));
  return writeChunk(
    "ANMF",
    joinBytes([chunk.data.subarray(0, frameHeaderBytes), ...picture.map(({ type, data }) => writeChunk(type, data))]),
  );
}

function fixFlags(data: Uint8Array, orientation: number): Uint8Array {
  if (data.length < 10) throw new Unparsable("a header too short");
  const fixed = data.slice(0, 10);
  fixed[0] = ((fixed[0] ?? 0) & ~(flag.exif | flag.xmp)) | (orientation === 1 ? 0 : flag.exif);
  return fixed;
}

function writeChunk(type: string, data: Uint8Array): Uint8Array {
  return joinBytes([ascii(type), u32le(data.length), data, new Uint8Array(data.length % 2)]);
}

function orientationOf(chunks: readonly Chunk[]): number {
  const exif = chunks.find(({ type }) => type === "EXIF")?.data;
  if (exif === undefined) return 1;
  return readOrientation(startsWith(exif, "Exif\0\0") ? exif.subarray(6) : exif);
}

function canvasSize(chunks: readonly Chunk[]): { width: number; height: number } {
  const first = chunks[0];
  if (first === undefined) throw new Unparsable("a WebP without a picture");
  const reader = new ByteReader(first.data);
  if (first.type === "VP8X") {
    reader.take(4);
    return { width: u24(reader) + 1, height: u24(reader) + 1 };
  }
  if (first.type === "VP8L") {
    if (reader.u8() !== 0x2f) throw new Unparsable("no lossless picture");
    const bits = reader.u32(true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (first.type !== "VP8 ") throw new Unparsable("a WebP that begins with something else");
  reader.take(6);
  return { width: reader.u16(true) & 0x3fff, height: reader.u16(true) & 0x3fff };
}

function u24(reader: ByteReader): number {
  return reader.u8() | (reader.u8() << 8) | (reader.u8() << 16);
}
