import { ByteReader, joinBytes, u16be, u32be, Unparsable } from "./bytes.ts";

/** Exif is TIFF. The only thing kept of it is which way is up. */

const orientationTag = 0x0112;
const shortType = 3;
const entriesAtMost = 4096;

/** 1 to 8. Broken Exif is common in valid photos and says nothing: 1. */
export function readOrientation(tiff: Uint8Array): number {
  try {
    return findOrientation(new ByteReader(tiff));
  } catch (error) {
    if (error instanceof Unparsable) return 1;
    throw error;
  }
}

/** TIFF with one entry. 26 bytes. */
export function orientationTiff(orientation: number): Uint8Array {
  return joinBytes([
    Uint8Array.of(0x4d, 0x4d, 0, 42),
    u32be(8),
    u16be(1),
    u16be(orientationTag),
    u16be(shortType),
    u32be(1),
    u16be(orientation),
    u16be(0),
    u32be(0),
  ]);
}

/** TIFF with nothing in it: for places where something has to stand. 14 bytes. */
export function emptyTiff(): Uint8Array {
  return joinBytes([Uint8Array.of(0x4d, 0x4d, 0, 42), u32be(8), u16be(0), u32be(0)]);
}

function findOrientation(tiff: ByteReader): number {
  const order = tiff.u16();
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  if (tiff.u16(little) !== 42) return 1;
  tiff.at = tiff.u32(little);
  const entries = Math.min(tiff.u16(little), entriesAtMost);
  for (let entry = 0; entry < entries; entry += 1) {
    const tag = tiff.u16(little);
    const type = tiff.u16(little);
    tiff.u32(little);
    const value = tiff.u16(little);
    tiff.u16(little);
    if (tag === orientationTag) return type === shortType && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
