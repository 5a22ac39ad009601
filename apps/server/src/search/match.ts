import { limits } from "@sotto/protocol/limits.ts";
import { fold, type Folded } from "./fold.ts";
import type { Part, Query } from "./query.ts";
import { cut, tokensOf, wordParts } from "./terms.ts";

/** A part of a text around what was found; `ranges` are [start, end) in UTF-16 units of it. */
export interface Snippet {
  text: string;
  ranges: [number, number][];
}

type Range = [number, number];

const rangesMost = 50;

/** Where the written text holds what is asked for, in its UTF-16 units; null when a part of the query is missing. */
export function findMatches(text: string, query: Query): Range[] | null {
  const folded = fold(text);
  const words = query.parts.some((part) => part.is === "word") ? wordsOf(folded) : [];
  const found: Range[] = [];
  for (const part of query.parts) {
    const ranges = part.is === "run" ? runRanges(part.text, folded.text) : wordRanges(part, words);
    if (ranges.length === 0) return null;
    found.push(...ranges);
  }
  return joined(found.map(([start, end]): Range => [folded.starts[start] ?? 0, folded.ends[end - 1] ?? 0]));
}

function runRanges(run: string, text: string): Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(run); at >= 0 && ranges.length < rangesMost; at = text.indexOf(run, at + run.length))
    ranges.push([at, at + run.length]);
  return ranges;
}

interface Word {
  parts: string[];
  start: number;
  end: number;
}

function wordsOf(folded: Folded): Word[] {
  const words: Word[] = [];
  for (const { is, text, start, end } of tokensOf(folded))
    if (is === "word") words.push({ parts: wordParts(text), start, end });
  return words;
}

function wordRanges({ term, prefix }: Extract<Part, { is: "word" }>, words: readonly Word[]): Range[] {
  const holds = (word: string) => (prefix ? word.startsWith(term) : word === term || cut(word) === term);
  const ranges: Range[] = [];
  for (const { parts, start, end } of words) {
    if (ranges.length >= rangesMost) break;
    const before = ranges.length;
    let at = start;
    for (const part of parts) {
      if (ranges.length < rangesMost && holds(part)) ranges.push([at, at + (prefix ? term.length : part.length)]);
      at += part.length + 1;
    }
    if (ranges.length === before && parts.length > 1 && holds(parts.join(""))) ranges.push([start, end]);
  }
  return ranges;
}

/** In order, overlapping ones as one. */
function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [start, end] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = result.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result.slice(0, rangesMost);
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const before = 40;
const unitsMost = limits.searchSnippetGraphemes * 8;

/**
 * A part of the text around the first match: whole characters, on one line, and without the characters that turn the
 * direction of what follows (cut from their end, they would turn the whole page).
 */
export function snippetOf(text: string, matches: readonly Range[]): Snippet {
  const segments = graphemes.segment(text);
  const [first] = matches;
  const from = first === undefined ? 0 : graphemesBack(segments, first[0]);
  const snippet: Snippet = { text: from > 0 ? "…" : "", ranges: [] };
  let count = 0;
  let at = from;
  for (; at < text.length && count < limits.searchSnippetGraphemes && snippet.text.length < unitsMost; count += 1) {
    const piece = segments.containing(at);
    if (!piece) break;
    const end = piece.index + piece.segment.length;
    const shown = piece.segment.replaceAll(turning, "").replaceAll(/\s+/gu, " ").slice(0, unitsMost).toWellFormed();
    if (matches.some(([start, stop]) => start < end && stop > piece.index)) mark(snippet, shown.length);
    snippet.text += shown;
    at = end;
  }
  if (at < text.length) snippet.text += "…";
  return snippet;
}

const turning = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** A little of what stands before it, from the beginning of a word where one is near. */
function graphemesBack(segments: Intl.Segments, place: number): number {
  let at = segments.containing(place)?.index ?? 0;
  let word = at;
  for (let count = 0; count < before && at > 0; count += 1) {
    if (/\s/u.test(segments.containing(at - 1)?.segment ?? "")) word = at;
    at = segments.containing(at - 1)?.index ?? 0;
  }
  if (at === 0) return 0;
  return word < place ? word : at;
}

function mark(snippet: Snippet, units: number): void {
  const start = snippet.text.length;
  const last = snippet.ranges.at(-1);
  if (last && last[1] === start) last[1] = start + units;
  else if (units > 0) snippet.ranges.push([start, start + units]);
}
