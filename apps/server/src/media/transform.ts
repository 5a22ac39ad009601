import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import { refuse, Refusal } from "../errors.ts";
import { nclxPrimaries, planColour, type ColourPlan } from "./colour.ts";
import { toStandard } from "./convert.ts";
import { decodeHeic } from "./decode-heic.ts";
import { fromPixels, isOpaque, toPixels, turn, type Pixels } from "./pixels.ts";
import {
  jpegQuality,
  longEdge,
  webpEffort,
  type RenditionFile,
  type RenditionName,
  type Transformed,
} from "./renditions.ts";
import { stripMetadata, type PhotoFormat } from "./strip.ts";
import { iccSegments } from "./strip/jpeg-parts.ts";
import { joinBytes } from "./strip/bytes.ts";
import type { Stripped } from "./strip/stripped.ts";
import { addWebpProfile } from "./strip/webp.ts";
import { checkPixels, sniff } from "./verify.ts";

export interface OpenedPhoto {
  format: PhotoFormat;
  stripped: Stripped;
}

/** The first half, which no decoder takes part in: what it is, its metadata gone, its headers within the limits. */
export async function openPhoto(input: string): Promise<OpenedPhoto | Refusal> {
  const source = new Uint8Array(await readFile(input));
  const format = await sniff(source);
  if (format instanceof Refusal) return format;
  const stripped = stripMetadata(format, source);
  if (stripped instanceof Refusal) return stripped;
  return checkPixels(stripped) ?? { format, stripped };
}

/**
 * The second half: decode the stripped bytes once, check again what came out, write the three renditions. Runs in the child
 * process only.
 */
export async function transform({ format, stripped }: OpenedPhoto, outputDir: string): Promise<Transformed | Refusal> {
  const drawn = await drawSafely(format, stripped);
  if (drawn instanceof Refusal) return drawn;
  const { encoded, size } = drawn;
  const original = { ...size, mimeType: mimeTypes[format], bytes: stripped.bytes };
  const write = async (name: RenditionName, file: Encoded): Promise<RenditionFile> =>
    await writeRendition(join(outputDir, name), file);
  return {
    ...size,
    animated: stripped.frames > 1,
    placeholder: encoded.placeholder,
    renditions: {
      list: await write("list", encoded.list),
      full: await write("full", encoded.full),
      original: await write("original", original),
    },
  };
}

const mimeTypes: Record<PhotoFormat, string> = {
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  gif: "image/gif",
  avif: "image/avif",
  heic: "image/heic",
};

interface Size {
  width: number;
  height: number;
}

interface Decoded {
  /** At most `longEdge.full`, upright. */
  full: Pixels;
  plan: ColourPlan;
  /** Of the whole photo, upright. */
  size: Size;
}

interface Encoded extends Size {
  bytes: Uint8Array;
  mimeType: string;
}

/** What fails here fails again next time: it is the photo's fault, while encoding too. */
async function drawSafely(
  format: PhotoFormat,
  stripped: Stripped,
): Promise<{ encoded: Awaited<ReturnType<typeof encodeAll>>; size: Size } | Refusal> {
  try {
    const decoded = format === "heic" ? await decodeByLibheif(stripped) : await decodeBySharp(format, stripped);
    if (decoded instanceof Refusal) return decoded;
    const { full, plan, size } = decoded;
    return { encoded: await encodeAll(full, plan.is === "keep" ? plan.icc : null), size };
  } catch {
    // A decoder's own words help nobody who sends a photo.
    return refuse("damaged_media", { detail: "This photo is damaged: its picture cannot be opened." });
  }
}

async function decodeBySharp(format: PhotoFormat, stripped: Stripped): Promise<Decoded | Refusal> {
  const { bytes, orientation } = stripped;
  const options = { failOn: "truncated", limitInputPixels: 50_000_000 } as const;
  const { width, height, space } = await sharp(bytes, options).metadata();
  const tooMany = checkPixels({ width, height, frames: stripped.frames });
  if (tooMany !== null) return tooMany;
  const plan = await planColour({
    icc: stripped.icc,
    space,
    nclxPrimaries: format === "avif" ? nclxPrimaries(bytes) : null,
  });
  const image = shrink(sharp(bytes, { ...options, ignoreIcc: plan.is === "keep" }));
  const turned = orientation > 4 ? { width: height, height: width } : { width, height };
  return { full: await opaqued(await toPixels(turn(image, orientation))), plan, size: turned };
}

async function decodeByLibheif({ bytes, icc }: Stripped): Promise<Decoded | Refusal> {
  const decoded = await decodeHeic(bytes);
  if (decoded instanceof Refusal) return decoded;
  const plan = await planColour({ icc, space: undefined, nclxPrimaries: nclxPrimaries(bytes) });
  const { width, height } = decoded;
  const small = await toPixels(shrink(fromPixels(await opaqued(decoded))));
  const full = plan.is === "convert" && icc !== null ? await toStandard(small, icc) : small;
  return { full, plan, size: { width, height } };
}

function shrink(image: Sharp): Sharp {
  return image.resize(longEdge.full, longEdge.full, { fit: "inside", withoutEnlargement: true });
}

async function opaqued(pixels: Pixels): Promise<Pixels> {
  if (pixels.channels === 1 || pixels.channels === 3 || !isOpaque(pixels)) return pixels;
  return await toPixels(fromPixels(pixels).removeAlpha());
}

async function encodeAll(
  full: Pixels,
  icc: Uint8Array | null,
): Promise<{ list: Encoded; full: Encoded; placeholder: string }> {
  const list = await toPixels(
    fromPixels(full).resize(longEdge.list, longEdge.list, { fit: "inside", withoutEnlargement: true }),
  );
  const [listFile, fullFile, placeholder] = await Promise.all([
    encode(list, { quality: jpegQuality.list, icc }),
    encode(full, { quality: jpegQuality.full, icc }),
    thumbHash(list),
  ]);
  return { list: listFile, full: fullFile, placeholder };
}

/** JPEG where nothing shines through, WebP otherwise; the profile is put in unchanged, without a conversion of pixels. */
async function encode(pixels: Pixels, options: { quality: number; icc: Uint8Array | null }): Promise<Encoded> {
  const { quality, icc } = options;
  const { width, height, channels } = pixels;
  const rgbProfile = channels > 2 ? icc : null;
  if (channels === 2 || channels === 4) {
    const webp = new Uint8Array(await fromPixels(pixels).webp({ quality, effort: webpEffort }).toBuffer());
    const bytes = rgbProfile === null ? webp : addWebpProfile({ webp, icc: rgbProfile, width, height });
    return { bytes, mimeType: "image/webp", width, height };
  }
  const jpeg = new Uint8Array(await fromPixels(pixels).jpeg({ quality }).toBuffer());
  const bytes =
    rgbProfile === null ? jpeg : joinBytes([jpeg.subarray(0, 2), iccSegments(rgbProfile), jpeg.subarray(2)]);
  return { bytes, mimeType: "image/jpeg", width, height };
}

async function thumbHash(pixels: Pixels): Promise<string> {
  const small = await toPixels(
    fromPixels(pixels)
      .resize(100, 100, { fit: "inside", withoutEnlargement: true })
      .toColourspace("srgb")
      .ensureAlpha(),
  );
  return Buffer.from(rgbaToThumbHash(small.width, small.height, small.data)).toString("base64");
}

async function writeRendition(path: string, { bytes, mimeType, width, height }: Encoded): Promise<RenditionFile> {
  await writeFile(path, bytes);
  return { width, height, mimeType, sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}
