import type { PersonBrief } from "@sotto/protocol/types.ts";
import { splitMentions } from "../conversation/mentions.ts";

export interface BegunMention {
  /** Where its @ stands in the text. */
  from: number;
  typed: string;
}

/** An @ that begins a word, and what follows it up to the caret. */
const begun = /(?<![\p{L}\p{N}_@.])@(?<typed>[\p{L}\p{N}\p{M}_.]{0,50})$/u;

export function begunMention(beforeCaret: string): BegunMention | null {
  const from = Math.max(0, beforeCaret.length - 64);
  const match = begun.exec(beforeCaret.slice(from));
  const typed = match?.groups?.["typed"];
  return match === null || typed === undefined ? null : { from: from + match.index, typed };
}

/** Those whose username, or a word of whose name, begins so; usernames first. */
export function candidates(people: readonly PersonBrief[], typed: string, most: number): PersonBrief[] {
  const wanted = folded(typed);
  const named = people.filter((person) => person.deleted !== true);
  const byUsername = named.filter((person) => person.username.startsWith(wanted));
  const byName = named.filter(
    (person) =>
      !byUsername.includes(person) &&
      folded(person.name)
        .split(/\s+/u)
        .some((word) => word.startsWith(wanted)),
  );
  return [...byUsername, ...byName].slice(0, most);
}

/** Who is still named in the text when it is sent. */
export function mentionedIn(text: string, people: readonly PersonBrief[]): string[] {
  const byUsername = new Map(people.map((person) => [person.username, person.id]));
  const ids = splitMentions(text, new Set(byUsername.keys())).flatMap((part) =>
    part.is === "mention" ? (byUsername.get(part.username) ?? []) : [],
  );
  return [...new Set(ids)];
}

/** "Tomás" is found by "tomas". */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
