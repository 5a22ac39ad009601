import sharp from "sharp";
import { ByteReader, startsWith, Unparsable } from "./strip/bytes.ts";
import { openFullBox, readBoxes } from "./strip/heif-boxes.ts";
import { joinIcc, splitJpeg } from "./strip/jpeg-parts.ts";

/**
 * Which profile the renditions carry. Pixels of an RGB photo stay as they are coded and keep its profile, so P3 stays P3;
 * other colour spaces (CMYK, grey, Lab) and profiles too heavy for a small picture are converted to sRGB.
 */
export type ColourPlan = { is: "keep"; icc: Uint8Array | null } | { is: "convert" };

/** Camera and display profiles have 0.5 to 4 kB; printer profiles hundreds. */
const profileBytesAtMost = 16_384;

export function planColour(options: {
  icc: Uint8Array | null;
  space: string | undefined;
  nclxPrimaries: number | null;
}): Promise<ColourPlan> | ColourPlan {
  const { icc, space, nclxPrimaries } = options;
  if (icc === null) return nclxPrimaries === displayP3 ? p3Plan() : { is: "keep", icc: null };
  const rgb = startsWith(icc, "RGB ", 16) && (space === "srgb" || space === "rgb16" || space === undefined);
  if (!rgb || icc.length > profileBytesAtMost) return { is: "convert" };
  return { is: "keep", icc: isStandard(icc) ? null : icc };
}

/** Colour primaries of an HEIF or AVIF that says them by number instead of a profile. */
export function nclxPrimaries(bytes: Uint8Array): number | null {
  for (const meta of boxesIn(bytes, 0, bytes.length, "meta")) {
    for (const iprp of boxesIn(bytes, openFullBox(bytes, meta).reader.at, meta.end, "iprp")) {
      for (const ipco of boxesIn(bytes, iprp.payload, iprp.end, "ipco")) {
        const nclx = boxesIn(bytes, ipco.payload, ipco.end, "colr").find(({ payload }) =>
          startsWith(bytes, "nclx", payload),
        );
        if (nclx !== undefined) return ((bytes[nclx.payload + 4] ?? 0) << 8) | (bytes[nclx.payload + 5] ?? 0);
      }
    }
  }
  return null;
}

/** Of ITU-T H.273: SMPTE EG 432-1. */
const displayP3 = 12;

let p3Profile: Promise<Uint8Array | null> | undefined;

async function p3Plan(): Promise<ColourPlan> {
  p3Profile ??= sharp({ create: { width: 1, height: 1, channels: 3, background: "#000" } })
    .withIccProfile("p3")
    .jpeg()
    .toBuffer()
    .then((jpeg) => joinIcc(splitJpeg(jpeg).parts));
  return { is: "keep", icc: await p3Profile };
}

/**
 * sRGB is what a picture without a profile means. Judged by its numbers: "Display P3 Gamut with sRGB Transfer" is a name, too.
 */
function isStandard(icc: Uint8Array): boolean {
  try {
    const tag = tagReader(icc);
    return (
      standardPrimaries.every(({ name, xyz }) =>
        xyz.every((value, axis) => Math.abs(tag(name, 8 + axis * 4) / 65_536 - value) < 0.004),
      ) && hasDisplayCurve(tag)
    );
  } catch (error) {
    if (error instanceof Unparsable) return false;
    throw error;
  }
}

const standardPrimaries = [
  { name: "rXYZ", xyz: [0.4361, 0.2225, 0.0139] },
  { name: "gXYZ", xyz: [0.3851, 0.7169, 0.0971] },
  { name: "bXYZ", xyz: [0.1431, 0.0606, 0.7141] },
] as const;

type TagReader = (name: string, offset: number) => number;

/** A table of a whole curve, the parametric form of sRGB, or one gamma near 2.2: not linear light. */
function hasDisplayCurve(tag: TagReader): boolean {
  const kind = tag("rTRC", 0);
  if (kind === 0x70617261) return tag("rTRC", 8) >>> 16 >= 3;
  const points = tag("rTRC", 8);
  return points > 1 || (points === 1 && Math.abs((tag("rTRC", 12) >>> 16) / 256 - 2.2) < 0.1);
}

/** Signed 32-bit numbers inside a profile's tags; a missing tag throws. */
function tagReader(icc: Uint8Array): TagReader {
  const reader = new ByteReader(icc, 128);
  const places = new Map<string, number>();
  for (let left = Math.min(reader.u32(), 100); left > 0; left -= 1) {
    places.set(reader.type(), reader.u32());
    reader.u32();
  }
  return (name, offset) => {
    const place = places.get(name);
    if (place === undefined) throw new Unparsable(`no ${name}`);
    reader.at = place + offset;
    return reader.u32() | 0;
  };
}

function boxesIn(bytes: Uint8Array, from: number, end: number, type: string): ReturnType<typeof readBoxes> {
  return readBoxes(bytes, { from, end, lenient: true }).filter((box) => box.type === type);
}
