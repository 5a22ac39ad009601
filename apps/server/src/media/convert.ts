import sharp from "sharp";
import { fromPixels, toPixels, type Pixels } from "./pixels.ts";
import { addPngProfile, iccBytesAtMost } from "./strip/png.ts";

/**
 * Bare pixels from the space of `icc` to sRGB. A profile that is too large, or none at all, changes nothing: viewers ignore it
 * just so. By way of a PNG, as the library takes a profile from nowhere but a file.
 */
export async function toStandard(pixels: Pixels, icc: Uint8Array): Promise<Pixels> {
  if (icc.length > iccBytesAtMost) return pixels;
  const png = new Uint8Array(await fromPixels(pixels).png({ compressionLevel: 0 }).toBuffer());
  return await toPixels(sharp(addPngProfile(png, icc)).toColourspace("srgb"));
}
