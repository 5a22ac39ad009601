import { limits } from "@sotto/protocol/limits.ts";
import { countGraphemes } from "../text/graphemes.ts";

export interface TextLength {
  /** Characters left, counted as people count them; null while the end is far. */
  left: number | null;
  tooLong: boolean;
}

const shownBelow = 500;
const encoder = new TextEncoder();

/** C11: 10,000 characters and 64 KiB. Counting is spared while it cannot matter. */
export function lengthOf(text: string): TextLength {
  if (text.length <= limits.textGraphemes - shownBelow) return { left: null, tooLong: false };
  const count = countGraphemes(text, limits.textGraphemes * 2);
  const tooManyBytes = encoder.encode(text).length > limits.textBytes;
  const left = limits.textGraphemes - count;
  return { left: left < shownBelow || tooManyBytes ? left : null, tooLong: left < 0 || tooManyBytes };
}
