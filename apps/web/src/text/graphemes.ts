const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** User-perceived characters, as the server counts them (C11); stops at `most + 1`. */
export function countGraphemes(text: string, most: number): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) {
    count += 1;
    if (count > most) break;
  }
  return count;
}

/** The first characters of a name, for a person without a picture. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const first = firstGrapheme(words[0] ?? "");
  const last = words.length > 1 ? firstGrapheme(words.at(-1) ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

function firstGrapheme(text: string): string {
  for (const { segment } of segmenter.segment(text)) return segment;
  return "";
}
