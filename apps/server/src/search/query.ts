import { fold } from "./fold.ts";
import { cut, neighbours, tokensOf, wordParts } from "./terms.ts";

/** One part of a query: a message has to hold all of them. */
export type Part =
  | { is: "word"; term: string; /** Whatever begins with it. */ prefix: boolean }
  /** Of a script without spaces, or emoji: a part of the text. */
  | { is: "run"; text: string };

export interface Query {
  parts: Part[];
}

const partsMost = 12;

/** The last word may still be being typed: it stands for what begins with it, unless a space follows. */
export function parseQuery(written: string): Query {
  const parts: Part[] = [];
  const folded = fold(written);
  for (const token of tokensOf(folded)) {
    if (token.is !== "word") {
      parts.push({ is: "run", text: token.text });
      continue;
    }
    for (const part of wordParts(token.text)) parts.push({ is: "word", term: cut(part), prefix: false });
  }
  const last = parts.at(-1);
  if (last?.is === "word" && !/\s$/u.test(folded.text)) last.prefix = true;
  return { parts: [...parts.slice(0, partsMost - 1), ...parts.slice(partsMost - 1).slice(-1)] };
}

/** The terms under which the index has what holds the part: all of them. One that is a prefix stands for more. */
export function termsOfPart(part: Part): { term: string; prefix: boolean }[] {
  if (part.is === "word") return [part];
  const found = [...new Set(neighbours(part.text))];
  const terms = found.length > 0 ? spread(found, 6) : [part.text];
  return terms.map((term) => ({ term, prefix: false }));
}

/** So many of them, from the beginning to the end: the message itself says about the others. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, n) => items[Math.round((n * (items.length - 1)) / (most - 1))] as T);
}
