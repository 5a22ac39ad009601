import { thumbHashToDataURL } from "thumbhash";

const drawn = new Map<string, string>();
/** A few kilobytes each; a long evening of scrolling stays bounded. */
const mostHeld = 500;

/** A ThumbHash of the server's (R22) as an image that can be drawn at once. Empty when it cannot be read. */
export function placeholderUrl(thumbHash: string): string {
  const known = drawn.get(thumbHash);
  if (known !== undefined) return known;
  if (drawn.size >= mostHeld) drawn.clear();
  const url = draw(thumbHash);
  drawn.set(thumbHash, url);
  return url;
}

function draw(thumbHash: string): string {
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (character) => character.codePointAt(0) ?? 0));
  } catch {
    return "";
  }
}
