import type { ErrorCode } from "@sotto/protocol/errors.ts";

/** `list` for the conversation, `full` for the lightbox, `original` for download. */
export const renditionNames = ["list", "full", "original"] as const;
export type RenditionName = (typeof renditionNames)[number];

/** Long edges in pixels. A phone shows `list` at 320 points, a large screen `full` at 1,024, each at twice the density. */
export const longEdge = { list: 960, full: 2048 } as const;
export const jpegQuality = { list: 82, full: 86 } as const;
/** Effort 2 of WebP: 24 ms for a `list` against 54 at the default 4, for 8 % more bytes. */
export const webpEffort = 2;

export interface RenditionFile {
  width: number;
  height: number;
  mimeType: string;
  sizeBytes: number;
  /** Hex. */
  sha256: string;
}

/** What became of one photo: its files lie in the job's folder under their names. */
export interface Transformed {
  /** As shown, after orientation. */
  width: number;
  height: number;
  animated: boolean;
  /** ThumbHash, base64 (R22). */
  placeholder: string;
  renditions: Record<RenditionName, RenditionFile>;
}

export interface TransformJob {
  input: string;
  /** An existing, empty folder. */
  outputDir: string;
}

export interface Refused {
  code: ErrorCode;
  detail: string;
}

export function blobKey(mediaId: string, name: RenditionName): string {
  return `media/${mediaId}/${name}`;
}
