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
  const data = read<SourceEmoji[]>("data");
  const shortcodes = [read<Shortcodes>("shortcodes/github"), read<Shortcodes>("shortcodes/emojibase")];
  return data
    .filter(({ group, version }) => group !== undefined && group !== components && version <= newestVersion)
    .toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map((source) => row(source, shortcodes));
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

function row(
  { emoji, label, hexcode, group = 0, tags = [], skins = [] }: SourceEmoji,
  sources: Shortcodes[],
): EmojiRow {
  const names = new Set(sources.flatMap((source) => source[hexcode] ?? []));
  const toned = skins.filter(({ tone }) => typeof tone === "number").map((skin) => minimal(skin.emoji));
  const shortcodes = [...names].join(" ");
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
