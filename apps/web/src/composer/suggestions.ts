import type { PersonBrief } from "@sotto/protocol/types.ts";
import type { EmojiRow } from "../../emoji-rows.ts";
import { begunShortcode, matchShortcodes } from "../emoji/shortcodes.ts";
import { begunMention, candidates } from "./mention-candidates.ts";

/** What may be meant by what stands before the caret. */
export interface Suggestions {
  /** What it replaces begins here and ends at the caret. */
  from: number;
  items: readonly Suggestion[];
}

export type Suggestion =
  | { is: "person"; person: PersonBrief; text: string }
  | { is: "emoji"; emoji: string; name: string; text: string };

/** As many as stand above a screen keyboard without scrolling. */
const most = 6;

/** Whether the emoji are needed to know. */
export function asksForEmoji(before: string | null): boolean {
  return before !== null && begunShortcode(before) !== null;
}

export function suggestionsFor(
  before: string | null,
  { people, rows }: { people: readonly PersonBrief[]; rows: readonly EmojiRow[] },
): Suggestions | null {
  if (before === null) return null;
  const mention = begunMention(before);
  if (mention !== null)
    return some(
      mention.from,
      candidates(people, mention.typed, most).map((person) => ({ is: "person", person, text: `@${person.username} ` })),
    );
  const shortcode = begunShortcode(before);
  if (shortcode === null) return null;
  return some(
    shortcode.from,
    matchShortcodes(rows, shortcode.name, most).map(({ emoji, name }) => ({ is: "emoji", emoji, name, text: emoji })),
  );
}

function some(from: number, items: readonly Suggestion[]): Suggestions | null {
  return items.length === 0 ? null : { from, items };
}
