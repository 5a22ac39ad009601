import { refuse, Refusal } from "../errors.ts";
import { Unparsable, Unsupported } from "./strip/bytes.ts";
import { stripGif } from "./strip/gif.ts";
import { stripHeif } from "./strip/heif.ts";
import { stripJpeg } from "./strip/jpeg.ts";
import { stripPng } from "./strip/png.ts";
import type { Stripped } from "./strip/stripped.ts";
import { stripWebp } from "./strip/webp.ts";

export type PhotoFormat = "jpeg" | "png" | "webp" | "gif" | "avif" | "heic";

const strips: Record<PhotoFormat, (bytes: Uint8Array) => Stripped> = {
  jpeg: stripJpeg,
  png: stripPng,
  webp: stripWebp,
  gif: stripGif,
  avif: stripHeif,
  heic: stripHeif,
};

/**
 * Removes metadata by allow-list without touching coded picture data (C28, R20): the result decodes to the same pixels.
 * What does not follow its format is refused, because nobody could say what is left in it.
 */
export function stripMetadata(format: PhotoFormat, bytes: Uint8Array): Stripped | Refusal {
  try {
    return strips[format](bytes);
  } catch (error) {
    if (error instanceof Unparsable)
      return refuse("damaged_media", { detail: `This photo is damaged: ${error.message}.` });
    if (error instanceof Unsupported)
      return refuse("unsupported_media", { detail: `This photo cannot be shown: ${error.message}.` });
    throw error;
  }
}
