import type { Size } from "./shown-size.ts";

/**
 * The photo that this device just sent, kept under its message's client id, so that the message does not blink when the
 * server's rendition takes the place of the file. A few are held; the oldest goes first.
 */
const previews = new Map<string, string>();
const mostHeld = 24;
const naturalSizes = new WeakMap<Blob, Size>();

/** Measured in the preview, so that the bubble has its final size from its first frame. */
export function keepNaturalSize(file: Blob, size: Size): void {
  naturalSizes.set(file, size);
}

export function naturalSize(file: Blob | undefined): Size | undefined {
  return file === undefined ? undefined : naturalSizes.get(file);
}

export function localPreview(clientId: string, file: Blob): string {
  const known = previews.get(clientId);
  if (known !== undefined) return known;
  const url = URL.createObjectURL(file);
  previews.set(clientId, url);
  const [oldest] = previews;
  if (previews.size > mostHeld && oldest !== undefined) {
    URL.revokeObjectURL(oldest[1]);
    previews.delete(oldest[0]);
  }
  return url;
}

export function knownPreview(clientId: string | undefined): string | undefined {
  return clientId === undefined ? undefined : previews.get(clientId);
}

export function dropPreview(clientId: string): void {
  const url = previews.get(clientId);
  if (url !== undefined) URL.revokeObjectURL(url);
  previews.delete(clientId);
}
