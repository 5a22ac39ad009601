import { fold, type Folded } from "./fold.ts";

/**
 * What a text is found by. Words of scripts that put spaces between them; every character and every two neighbours of those
 * that do not (and of Korean, whose endings stick to the word); each emoji. By the properties of characters alone:
 * `Intl.Segmenter` finds the words of Thai or Chinese by a dictionary that differs between versions, so a query and a message
 * could be cut differently, and a part of a word would not be found.
 */
export interface Token {
  is: "word" | "run" | "emoji";
  text: string;
  /** In the folded text. */
  start: number;
  end: number;
}

/** Changes with everything that makes other terms of a text: the index is then made anew. */
export const termsVersion = 1;

const termsPerMessage = 1_000;
const termUnits = 64;

const withoutSpaces = [
  ..."Han Hiragana Katakana Hangul Bopomofo Yi Thai Lao Khmer Myanmar Tibetan".split(" "),
  ..."New_Tai_Lue Tai_Tham Tai_Viet Javanese Balinese".split(" "),
].map((script) => String.raw`\p{Script=${script}}`);
const inRuns = `[[${withoutSpaces.join("")}\u30FC]&&[\\p{L}\\p{M}\\p{N}]]`;
const inWords = `[[\\p{L}\\p{M}\\p{N}]--${inRuns}]`;
const tokenPattern = new RegExp(
  `(?<run>${inRuns}+)|(?<emoji>\\p{Extended_Pictographic}|\\p{RI}+)|${inWords}+(?:'${inWords}+)*`,
  "gv",
);

/** In their order. Each step of the pattern takes a character and gives none back. */
export function* tokensOf({ text }: Pick<Folded, "text">): Generator<Token> {
  for (const match of text.matchAll(tokenPattern)) {
    const [found] = match;
    const is = match.groups?.["run"] !== undefined ? "run" : match.groups?.["emoji"] !== undefined ? "emoji" : "word";
    yield { is, text: found, start: match.index, end: match.index + found.length };
  }
}

/** Of a message: each once, at most a thousand. The rest of a longer one is not found. */
export function termsOf(text: string): string[] {
  const terms = new Set<string>();
  for (const token of tokensOf(fold(text))) {
    for (const term of termsOfToken(token)) terms.add(term);
    if (terms.size >= termsPerMessage) break;
  }
  return [...terms].slice(0, termsPerMessage);
}

function termsOfToken(token: Token): Iterable<string> {
  if (token.is === "word") {
    const parts = wordParts(token.text);
    // "don't" is found as don't and as dont, "l'été" as été.
    return (parts.length > 1 ? [...parts, parts.join("")] : parts).map(cut);
  }
  // Flags are pairs of letters in a row: runs as well.
  return [...singles(token.text), ...neighbours(token.text)];
}

/** What stands between apostrophes. */
export function wordParts(word: string): string[] {
  return word.split("'");
}

/** Short enough for a key of an index. */
export function cut(word: string): string {
  if (word.length <= termUnits) return word;
  return word
    .slice(0, termUnits)
    .toWellFormed()
    .replace(/\uFFFD$/u, "");
}

/** A mark alone is nothing that anybody looks for. */
function* singles(run: string): Generator<string> {
  for (const one of run) if (!/\p{M}/u.test(one)) yield one;
}

export function* neighbours(run: string): Generator<string> {
  let before = "";
  for (const one of run) {
    if (before !== "") yield before + one;
    before = one;
  }
}

/** Terms that stand for what a message is; no folded text holds a colon in a term. */
export const kindTerms = { photo: ":photo", link: ":link" } as const;

export function holdsLink(text: string): boolean {
  return /(?:https?:\/\/|\bwww\.)[^\s]/iu.test(text);
}
