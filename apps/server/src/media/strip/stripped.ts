/** What a strip hands on: the bytes that may leave the server as `original`, and what their headers say. */
export interface Stripped {
  bytes: Uint8Array;
  /** Of one frame as stored, before orientation. */
  width: number;
  height: number;
  frames: number;
  /** EXIF numbering, 1 to 8: what a viewer does to show it upright. HEIF and AVIF turn by themselves: always 1. */
  orientation: number;
  /** The ICC profile, whole. */
  icc: Uint8Array | null;
}
