import type { ErrorCode } from "@sotto/protocol/errors.ts";

/**
 * What becomes of every file of the test corpus, decided by looking at each: valid photos pass, whatever they are called.
 * `docs/formats.md` shows it file by file; a test holds the two and the pipeline together.
 */
export interface FolderExpectation {
  folder: string;
  files: number;
  /** Of every file in the folder that `except` does not name. */
  outcome: Outcome;
  except?: Record<string, { outcome: Outcome; why: string }>;
}

export type Outcome = "ok" | ErrorCode;

const uncompressed = {
  outcome: "unsupported_media",
  why: "uncompressed pixels (unci): no camera writes them",
} as const;
const cut = { outcome: "damaged_media", why: "cut in the middle of its picture" } as const;

export const corpusExpected: readonly FolderExpectation[] = [
  { folder: "avif", files: 24, outcome: "ok" },
  { folder: "gif", files: 17, outcome: "ok" },
  {
    folder: "heic",
    files: 21,
    outcome: "ok",
    except: {
      "file-type__fixture_fixture-msf1.heic": {
        outcome: "unsupported_media",
        why: "a sequence (video) without a still picture",
      },
      "libheif__data_rgb_generic_compressed_brotli.heif": uncompressed,
      "libheif__data_rgb_generic_compressed_defl.heif": uncompressed,
      "libheif__data_rgb_generic_compressed_tile_deflate.heif": uncompressed,
      "libheif__data_rgb_generic_compressed_zlib.heif": uncompressed,
      "libheif__data_rgb_generic_compressed_zlib_tiled.heif": uncompressed,
      "libheif__data_uncompressed_comp_M.heif": uncompressed,
      "libheif__data_uncompressed_comp_M_tiled.heif": uncompressed,
      "libheif__data_uncompressed_pix_M.heif": uncompressed,
    },
  },
  { folder: "jpeg-exif", files: 40, outcome: "ok" },
  { folder: "jpeg-orientation", files: 18, outcome: "ok" },
  {
    folder: "jpeg-variants",
    files: 45,
    outcome: "ok",
    except: { "sharp__fixtures_giant-image.jpg": { outcome: "too_large", why: "280 megapixels" } },
  },
  {
    folder: "known-bad-samples",
    files: 17,
    outcome: "damaged_media",
    except: {
      "Pillow__images_decompression_bomb.ico": { outcome: "unsupported_media", why: "an icon file" },
      "Pillow__images_decompression_bomb_extents.gif": {
        outcome: "too_large",
        why: "a frame that reaches to 65,635 × 65,635",
      },
      "sharp__fixtures_65536-uint32-limit.png": { outcome: "too_large", why: "65,536 × 65,536" },
      "sharp__fixtures_Crash_test.gif": { outcome: "ok", why: "odd, and every decoder shows it" },
      "exif-samples__invalid_image00971.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
      "exif-samples__invalid_image01088.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
      "exif-samples__invalid_image01137.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
      "exif-samples__invalid_image01551.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
      "exif-samples__invalid_image01713.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
      "exif-samples__invalid_image01980.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
      "exif-samples__invalid_image02206.jpg": { outcome: "ok", why: "only its Exif is broken, and that goes" },
    },
  },
  { folder: "large-photo", files: 3, outcome: "ok" },
  { folder: "link-preview-html", files: 25, outcome: "unsupported_media" },
  { folder: "messenger-images", files: 13, outcome: "ok" },
  {
    folder: "motion-photo",
    files: 7,
    outcome: "ok",
    except: {
      "ExoPlayer__jpeg_non-motion-photo-shortened.jpg": cut,
      "ExoPlayer__jpeg_pixel-motion-photo-jfif-segment-shortened.jpg": cut,
    },
  },
  { folder: "near-duplicates", files: 14, outcome: "ok" },
  { folder: "png", files: 40, outcome: "ok" },
  { folder: "png-pngsuite", files: 20, outcome: "ok" },
  { folder: "text", files: 14, outcome: "unsupported_media" },
  { folder: "video", files: 34, outcome: "unsupported_media" },
  { folder: "webp", files: 45, outcome: "ok" },
];

export function expectedOutcome(folder: FolderExpectation, file: string): Outcome {
  return folder.except?.[file]?.outcome ?? folder.outcome;
}
