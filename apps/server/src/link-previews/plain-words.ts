const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * A stranger's words as one plain line of at most so many graphemes (T20): no controls, nothing that turns the direction of what
 * stands around it, nothing invisible but what joins letters and emoji.
 */
export function plainWords(text: string, graphemes: number): string {
  const line = text
    .slice(0, 8_192)
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    // Marks, embeddings, overrides and isolates of direction; zero-width blanks; tags and other format characters.
    .replace(/(?![\u200c\u200d])[\p{Cf}\ufff9-\ufffb]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
  const kept: string[] = [];
  for (const { segment } of segmenter.segment(line)) {
    if (kept.length === graphemes) return `${kept.join("").trimEnd()}…`;
    // A letter with a hundred accents reaches over its neighbours' lines.
    kept.push(segment.length <= 32 ? segment : segment.slice(0, 1).toWellFormed());
  }
  return kept.join("");
}
