/**
 * What people search compares: the words of username and name, folded (compatibility forms, marks and case gone).
 * A query matches where each of its words begins one of theirs.
 */
export function searchWords(...texts: string[]): string[] {
  const words = texts.flatMap((text) => [fold(text), ...fold(text).split(/[\s._-]+/u)]);
  return [...new Set(words.filter((word) => word !== "").map((word) => word.slice(0, wordChars)))];
}

/**
 * A query's words as ranges of what begins with them: a LIKE parameter never becomes a range of an index. Compared by bytes
 * (`collate "C"`). At most five: more narrow nothing.
 */
export function prefixRanges(query: string): { from: string[]; to: string[] } {
  const words = fold(query.replace(/^@/, ""))
    .split(/[\s_-]+/u)
    .filter((word) => word !== "");
  const from = words.slice(0, 5).map((word) => word.slice(0, wordChars));
  return { from, to: from.map((word) => `${word}\u{10FFFF}`) };
}

export function fold(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase().trim();
}

/** An index key has a limit of its own (2,700 bytes); no word that anybody types comes near this. */
const wordChars = 100;
