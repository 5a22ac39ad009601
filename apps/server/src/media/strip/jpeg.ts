import { ByteReader, joinBytes, startsWith, Unparsable } from "./bytes.ts";
import { readOrientation } from "./exif.ts";
import { findGainMap, gainMapHead, mpfPlaceholder, patchMpf } from "./gain-map.ts";
import { keptHead, keptRest } from "./jpeg-kept.ts";
import { blankProfile } from "./icc.ts";
import { isFrame, joinIcc, marker, splitJpeg, type JpegPart } from "./jpeg-parts.ts";
import type { Stripped } from "./stripped.ts";

/**
 * Keeps what decodes the picture (tables, frame, scans, byte for byte), the colour profile, the Adobe transform flag and
 * which way is up. Everything else goes: other application segments, comments, and whatever follows the end marker (the
 * videos of motion photos, previews), except a gain map, which is stripped in turn and joined again (R20).
 */
export function stripJpeg(bytes: Uint8Array): Stripped {
  const { parts, end } = splitJpeg(bytes);
  const orientation = orientationOf(parts);
  const icc = joinIcc(parts);
  const gainMap = findGainMap({ bytes, parts, end });
  const primary = joinBytes([
    ...keptHead(parts, orientation),
    ...(gainMap === null ? [] : [...gainMapHead(gainMap), mpfPlaceholder()]),
    ...keptRest(parts),
    Uint8Array.of(0xff, marker.eoi),
  ]);
  if (gainMap !== null) patchMpf({ primary, gainMapBytes: gainMap.bytes.length });
  return {
    bytes: gainMap === null ? primary : joinBytes([primary, gainMap.bytes]),
    ...frameSize(parts),
    frames: 1,
    orientation,
    icc: icc === null ? null : blankProfile(icc),
  };
}

function orientationOf(parts: readonly JpegPart[]): number {
  const exif = parts.find((part) => part.marker === marker.app1 && startsWith(part.payload, "Exif\0"));
  return exif === undefined ? 1 : readOrientation(exif.payload.subarray(6));
}

function frameSize(parts: readonly JpegPart[]): { width: number; height: number } {
  const frame = parts.find((part) => isFrame(part.marker));
  if (frame === undefined) throw new Unparsable("a JPEG without a frame");
  const reader = new ByteReader(frame.payload, 1);
  const height = reader.u16();
  const width = reader.u16();
  if (width === 0 || height === 0) throw new Unparsable("a JPEG without a size");
  return { width, height };
}
