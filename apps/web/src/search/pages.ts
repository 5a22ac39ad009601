import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import { spanOf, type Filter } from "./filter.ts";

export type Hit = CommandOutput<"messages.search">["items"][number];
type Question = CommandInput<"messages.search">;

export interface Found {
  /** What the first page answered; its bounds in time stay as they were then, for the next pages after midnight as well. */
  asked: Question | null;
  hits: readonly Hit[];
  next: string | null;
  complete: boolean;
}

export const nothing: Found = { asked: null, hits: [], next: null, complete: true };

/** A page may be short, or empty, and have a next one: so many are asked for before the person is. */
const pagesInARow = 5;

export interface Asked {
  query: string;
  filter: Filter;
  conversationId?: string | undefined;
  limit: number;
}

/** The next of what was asked, in as many pages as it takes to find something; `ask` answers null where nobody waits for it. */
export async function searchOn(
  ask: (question: Question) => Promise<CommandOutput<"messages.search"> | null>,
  { before, about, nowMs }: { before: Found; about: Asked; nowMs: number },
): Promise<Found> {
  const asked = before.asked ?? questionOf(about, nowMs);
  let { hits, next, complete } = before;
  for (let page = 0; page < pagesInARow; page += 1) {
    const answer = await ask({ ...asked, ...(next !== null && { cursor: next }) });
    if (answer === null) break;
    hits = [...hits, ...answer.items];
    next = answer.next;
    complete = answer.complete;
    if (next === null || answer.items.length > 0) break;
  }
  return { asked, hits, next, complete };
}

function questionOf({ query, filter, limit, conversationId }: Asked, nowMs: number): Question {
  return {
    query,
    limit,
    ...(conversationId !== undefined && { conversationId }),
    ...(filter.kind !== null && { kind: filter.kind }),
    ...spanOf(filter, nowMs),
  };
}
