import { limits } from "@sotto/protocol/limits.ts";
import { fileTypeFromBuffer } from "file-type";
import { refuse, Refusal } from "../errors.ts";
import { startsWith } from "./strip/bytes.ts";
import type { Stripped } from "./strip/stripped.ts";
import type { PhotoFormat } from "./strip.ts";

/** How many bytes `sniff` needs to decide. */
export const sniffBytes = 4100;

/** Which photo this is, by its content alone: names and declared types are never looked at (T13). */
export async function sniff(bytes: Uint8Array): Promise<PhotoFormat | Refusal> {
  if (bytes.length === 0) return refuse("damaged_media", { detail: "This file is empty." });
  const head = bytes.subarray(0, sniffBytes);
  const format = formatOf(head);
  const detected = await fileTypeFromBuffer(head).catch(() => undefined);
  const agreed = detected === undefined || detected.mime.startsWith("image/") || format === "heic";
  if (format !== null && agreed) return format;
  return refuse("unsupported_media", {
    detail: `${nameOf(detected?.mime)} Photos are JPEG, PNG, WebP, AVIF, HEIC or GIF.`,
  });
}

/** T14: one frame, and all frames together. Asked of the headers before decoding, and again of what was decoded. */
export function checkPixels(photo: Pick<Stripped, "width" | "height" | "frames">): Refusal | null {
  const area = photo.width * photo.height;
  if (area < 1) return refuse("damaged_media", { detail: "This photo has no size." });
  if (area > limits.framePixels || Math.max(photo.width, photo.height) > edgeAtMost) {
    const most = `${limits.framePixels / 1_000_000} megapixels`;
    return refuse("too_large", {
      detail: `This photo has ${photo.width} × ${photo.height} pixels; the most is ${most}.`,
    });
  }
  if (photo.frames > limits.animationFrames || photo.frames * area > limits.animationPixels) {
    return refuse("too_large", {
      detail: `This animation is too long for its size: ${photo.frames} pictures of ${photo.width} × ${photo.height}.`,
    });
  }
  return null;
}

/** JPEG's own limit, and the most that every decoder here takes. */
const edgeAtMost = 65_500;

/** Brands of still pictures in the ISO container; sequences are accepted for the still that they carry. */
const heifBrands = new Set(["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "mif2", "mif3", "msf1"]);

function formatOf(head: Uint8Array): PhotoFormat | null {
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return "jpeg";
  if (startsWith(head, "\x89PNG\r\n\x1a\n")) return "png";
  if (startsWith(head, "GIF87a") || startsWith(head, "GIF89a")) return "gif";
  if (startsWith(head, "RIFF") && startsWith(head, "WEBP", 8)) return "webp";
  return startsWith(head, "ftyp", 4) ? containerFormat(head) : null;
}

function containerFormat(head: Uint8Array): PhotoFormat | null {
  const size = Math.min(new DataView(head.buffer, head.byteOffset).getUint32(0), head.length, 256);
  const brands = [];
  for (let at = 8; at + 4 <= size; at += 4)
    if (at !== 12) brands.push(String.fromCharCode(...head.subarray(at, at + 4)));
  if (brands.includes("avif") || brands.includes("avis")) return "avif";
  return brands.some((brand) => heifBrands.has(brand)) ? "heic" : null;
}

function nameOf(mime: string | undefined): string {
  if (mime?.startsWith("video/") === true) return "This is a video.";
  if (mime?.startsWith("audio/") === true) return "This is a sound.";
  if (mime === "application/pdf") return "This is a PDF document.";
  return mime?.startsWith("image/") === true ? "This kind of picture cannot be shown here." : "This is not a photo.";
}
