/** How large a photo is drawn in the conversation: known before a byte of it is there, so nothing moves when it comes (C32). */
export interface Size {
  width: number;
  height: number;
}

/** Panoramas and tall strips are cut to these; the lightbox shows them whole. */
const mostWide = 2.1;
const mostTall = 0.62;

export function shownSize(photo: Size, space: Size): Size {
  const ratio = Math.min(mostWide, Math.max(mostTall, photo.width / photo.height));
  const width = Math.min(space.width, space.height * ratio, Math.max(photo.width, space.width * 0.45));
  return { width: Math.round(width), height: Math.round(width / ratio) };
}
