import sharp from "sharp";
import { latin1, startsWith } from "./strip/bytes.ts";
import { openFullBox, readBoxes } from "./strip/heif-boxes.ts";
import { joinIcc, splitJpeg } from "./strip/jpeg-parts.ts";

/**
 * Which profile the renditions carry. Pixels of an RGB photo stay as they are coded and keep its profile, so P3 stays P3;
 * other colour spaces (CMYK, grey, Lab) and profiles too heavy for a small picture are converted to sRGB.
 */
export type ColourPlan = { is: "keep"; icc: Uint8Array | null } | { is: "convert" };

/** Camera and display profiles have 0.5 to 4 kB; printer profiles hundreds. */
const profileBytesAtMost = 16_384;

export function planColour(options: { icc: Uint8Array | null; space: string | undefined; nclxPrimaries: number | null }): Promise<ColourPlan> | ColourPlan {
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
        const nclx = boxesIn(bytes, ipco.payload, ipco.end, "colr").find(({ payload }) => startsWith(bytes, "nclx", payload));
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

/** sRGB is what a picture without a profile means. */
function isStandard(icc: Uint8Array): boolean {
  const text = latin1(icc).replaceAll("\0", "");
  return /sRGB IEC61966|sRGB built-in|sRGB Gamut with sRGB Transfer|\bsRGB\b(?! *[A-Za-z]*v4)/.test(text) && !text.includes("linear");
}

function boxesIn(bytes: Uint8Array, from: number, end: number, type: string): ReturnType<typeof readBoxes> {
  return readBoxes(bytes, { from, end, lenient: true }).filter((box) => box.type === type);
}
