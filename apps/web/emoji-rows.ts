import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** An emoji as the app holds it: text, English name, category, words to find it by, `:shortcodes:`, and its five skin tones. */
export type EmojiRow = [
  emoji: string,
  label: string,
  category: number,
  tags: string,
  shortcodes: string,
  skins?: readonly string[],
];

interface SourceEmoji {
  emoji: string;
  label: string;
  hexcode: string;
  group?: number;
  order?: number;
  version: number;
  tags?: string[];
  skins?: { emoji: string; tone: number | number[] }[];
}

/** Newer ones are empty boxes on devices of the last two years. */
const newestVersion = 16;
const components = 2;
const require = createRequire(import.meta.url);

/** The open data of emojibase, as small as the app needs it; made when the app is built. */
export function emojiRows(): EmojiRow[] {
  const data = read<SourceEmoji[]>("data")
    .filter(({ group, version }) => group !== undefined && group !== components && version <= newestVersion)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const names = shortcodesOf(data);
  return data.map((source) => row(source, names.get(source.hexcode) ?? []));
}

/** A virtual module, and so a chunk of its own with a hashed name. */
export function emojiModule() {
  const name = "virtual:emoji-rows";
  return {
    name: "emoji-rows",
    resolveId: (id: string) => (id === name ? `\0${name}` : undefined),
    load: (id: string) =>
      // Parsed as JSON it costs a browser a fraction of what it would as a literal.
      id === `\0${name}`
        ? `export const rows = JSON.parse(${JSON.stringify(JSON.stringify(emojiRows()))});`
        : undefined,
  };
}

type Shortcodes = Record<string, string | string[]>;

/** The widespread names first. One name is one emoji: whoever has it first keeps it. */
function shortcodesOf(data: readonly SourceEmoji[]): Map<string, string[]> {
  const taken = new Set<string>();
  const names = new Map<string, string[]>();
  for (const source of [read<Shortcodes>("shortcodes/github"), read<Shortcodes>("shortcodes/emojibase")])
    for (const { hexcode } of data) {
      const free = [source[hexcode] ?? []].flat().filter((name) => !taken.has(name));
      for (const name of free) taken.add(name);
      names.set(hexcode, [...(names.get(hexcode) ?? []), ...free]);
    }
  return names;
}

function row({ emoji, label, group = 0, tags = [], skins = [] }: SourceEmoji, names: readonly string[]): EmojiRow {
  const toned = skins.filter(({ tone }) => typeof tone === "number").map((skin) => minimal(skin.emoji));
  const shortcodes = names.join(" ");
  return toned.length === 5
    ? [minimal(emoji), label, group, tags.join(" "), shortcodes, toned]
    : [minimal(emoji), label, group, tags.join(" "), shortcodes];
}

/** emojibase writes a variation selector where none is due: then it is not the recommended sequence. */
function minimal(emoji: string): string {
  const bare = emoji.replace(/\uFE0F$/u, "");
  return /^\p{RGI_Emoji}$/v.test(bare) ? bare : emoji;
}

function read<T>(file: string): T {
  return JSON.parse(readFileSync(require.resolve(`emojibase-data/en/${file}.json`), "utf8")) as T;
}
