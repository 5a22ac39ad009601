import type { EmojiRow } from "../../emoji-rows.ts";

export interface Shortcode {
  emoji: string;
  /** Without its colons. */
  name: string;
}

/** What is being typed before the caret: a colon that begins a word, and at least two letters of a name. */
const begun = /(?<![\p{L}\p{N}_:/])(?<typed>:(?<name>[a-z0-9_+-]{2,40}))$/iu;
const complete = /(?<![\p{L}\p{N}_:/])(?<typed>:(?<name>[a-z0-9_+-]{1,40}):)$/iu;

export interface Begun {
  /** Where it begins in the text. */
  from: number;
  name: string;
}

export function begunShortcode(beforeCaret: string): Begun | null {
  return matchOf(begun, beforeCaret);
}

/** `:wave:`, with its second colon just typed. */
export function completeShortcode(beforeCaret: string): Begun | null {
  return matchOf(complete, beforeCaret);
}

/** The best matches first: the name itself, names that begin with it, names with a word that does, and words about it. */
export function matchShortcodes(rows: readonly EmojiRow[], typed: string, most: number): Shortcode[] {
  const wanted = typed.toLowerCase();
  const ranked: { shortcode: Shortcode; rank: number }[] = [];
  for (const [emoji, , , tags, names] of rows) {
    const best = bestName(names.split(" "), tags, wanted);
    if (best !== null) ranked.push({ shortcode: { emoji, name: best.name }, rank: best.rank });
  }
  return ranked
    .toSorted((a, b) => a.rank - b.rank || a.shortcode.name.length - b.shortcode.name.length)
    .slice(0, most)
    .map(({ shortcode }) => shortcode);
}

export function emojiOf(rows: readonly EmojiRow[], name: string): string | undefined {
  const wanted = name.toLowerCase();
  return rows.find(([, , , , names]) => names.split(" ").includes(wanted))?.[0];
}

function bestName(names: readonly string[], tags: string, wanted: string): { name: string; rank: number } | null {
  let best: { name: string; rank: number } | null = null;
  for (const name of names) {
    const rank = name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(`_${wanted}`) ? 2 : null;
    if (rank !== null && (best === null || rank < best.rank)) best = { name, rank };
  }
  const first = names[0];
  if (best === null && first !== undefined && first !== "" && ` ${tags}`.includes(` ${wanted}`))
    best = { name: first, rank: 3 };
  return best;
}

function matchOf(pattern: RegExp, text: string): Begun | null {
  // Nothing longer can match: a long text is not looked through at every key.
  const from = Math.max(0, text.length - 64);
  const match = pattern.exec(text.slice(from));
  const name = match?.groups?.["name"];
  return match === null || name === undefined ? null : { from: from + match.index, name };
}
