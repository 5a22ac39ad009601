import { deflateSync } from "node:zlib";
import type { ErrorCode } from "@sotto/protocol/errors.ts";
import sharp from "sharp";
import { pngChunk } from "./tagged-photos.ts";

/** Small files that ask for much: each with what must become of it (T14). */
export async function bombs(): Promise<{ name: string; bytes: Uint8Array; outcome: "ok" | ErrorCode }[]> {
  const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: "#777" } })
    .jpeg()
    .toBuffer();
  return [
    { name: "a JPEG that says 20,000 × 14,000", bytes: sayJpegSize(jpeg, 20_000, 14_000), outcome: "too_large" },
    // libjpeg fills up what is missing before the end marker, and every viewer shows it so.
    { name: "a JPEG that says 7,000 × 7,000 and holds 64 × 64", bytes: sayJpegSize(jpeg, 7_000, 7_000), outcome: "ok" },
    { name: "a PNG of 65,535 × 65,535", bytes: png(65_535, 65_535, 0), outcome: "too_large" },
    { name: "a PNG of 4,294,967,295 × 1", bytes: png(4_294_967_295, 1, 0), outcome: "too_large" },
    { name: "a PNG that says 6,000 × 6,000 and holds nothing", bytes: png(6_000, 6_000, 0), outcome: "damaged_media" },
    { name: "a PNG of 48 megapixels in 50 kB", bytes: png(8_000, 6_000, 6_000 * 8_001), outcome: "ok" },
    { name: "a PNG with a profile of 200 MB in 200 kB", bytes: profileBomb(), outcome: "ok" },
    {
      name: "a GIF of 900 frames of 5,000 × 5,000",
      bytes: gif({ frames: 900, width: 5_000, height: 5_000 }),
      outcome: "too_large",
    },
    {
      name: "a GIF of 5,000 frames of 1 × 1",
      bytes: gif({ frames: 5_000, width: 1, height: 1 }),
      outcome: "too_large",
    },
    {
      name: "a GIF whose second frame is larger than its screen",
      bytes: gif({ frames: 2, width: 60_000, height: 60_000, screen: 10 }),
      outcome: "too_large",
    },
    { name: "an APNG of 4,000,000,000 frames", bytes: apng(4_000_000_000), outcome: "too_large" },
  ];
}

function sayJpegSize(jpeg: Buffer, width: number, height: number): Uint8Array {
  const copy = Buffer.from(jpeg);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(height, frame + 5);
  copy.writeUInt16BE(width, frame + 7);
  return new Uint8Array(copy);
}

const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

function header(width: number, height: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([8, 0, 0, 0, 0], 8);
  return pngChunk("IHDR", data);
}

/** Grey, black, with `rawBytes` of picture data. */
function png(width: number, height: number, rawBytes: number): Uint8Array {
  const data = deflateSync(Buffer.alloc(rawBytes), { level: 9 });
  return new Uint8Array(
    Buffer.concat([signature, header(width, height), pngChunk("IDAT", data), pngChunk("IEND", Buffer.alloc(0))]),
  );
}

function profileBomb(): Uint8Array {
  const profile = Buffer.concat([Buffer.from("x\0\0", "latin1"), deflateSync(Buffer.alloc(200_000_000), { level: 9 })]);
  const data = deflateSync(Buffer.alloc(17 * 16));
  return new Uint8Array(
    Buffer.concat([
      signature,
      header(16, 16),
      pngChunk("iCCP", profile),
      pngChunk("IDAT", data),
      pngChunk("IEND", Buffer.alloc(0)),
    ]),
  );
}

function apng(frames: number): Uint8Array {
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames, 0);
  const data = deflateSync(Buffer.alloc(17 * 16));
  return new Uint8Array(
    Buffer.concat([
      signature,
      header(16, 16),
      pngChunk("acTL", control),
      pngChunk("IDAT", data),
      pngChunk("IEND", Buffer.alloc(0)),
    ]),
  );
}

function gif({
  frames,
  width,
  height,
  screen,
}: {
  frames: number;
  width: number;
  height: number;
  screen?: number;
}): Uint8Array {
  const u16 = (value: number): number[] => [value & 255, value >> 8];
  const head = [
    ...Buffer.from("GIF89a"),
    ...u16(screen ?? width),
    ...u16(screen ?? height),
    0x80,
    0,
    0,
    0,
    0,
    0,
    255,
    255,
    255,
  ];
  const frame = [0x2c, 0, 0, 0, 0, ...u16(width), ...u16(height), 0, 2, 2, 0x4c, 0x01, 0];
  return Uint8Array.from([...head, ...Array.from({ length: frames }, () => frame).flat(), 0x3b]);
}
