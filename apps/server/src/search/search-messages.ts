import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Message } from "@sotto/protocol/types.ts";
import { decodeCursor, encodeCursor } from "../cursors.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { readComplete, readLive, readScopes, type LiveMessage } from "./live.ts";
import { findMatches, snippetOf } from "./match.ts";
import { parseQuery, type Query } from "./query.ts";
import { holdsLink } from "./terms.ts";
import { placeAt, walkConversation, walkIndex, type Candidates, type Place } from "./walk.ts";

export interface SearchDeps {
  sql: Sql;
  /** Messages as the viewer sees them; given by `messages/`. */
  messages: (keys: readonly { conversationId: string; seq: number }[], viewerId: string) => Promise<Message[]>;
}

type Input = CommandParsed<"messages.search">;
type Output = CommandOutput<"messages.search">;

/**
 * A page ends when so many places were looked at, so many messages read, or so much of their texts compared: it may be short, and has
 * a `next` all the same. Without the last, six hundred of the longest texts were five seconds of this process for one question (T28).
 */
const looksMost = { places: 5_000, messages: 600, textUnits: 500_000 };
/** A shorter conversation is read itself: nothing of it can be missing from the index, and a common word costs no more. */
const shortConversation = 1_000;
const endOfTimeMs = 253_402_300_800_000;

/**
 * Messages that hold every word of the query, newest first (C18). The index names candidates; what is answered was read from the
 * log and from the viewer's membership at that moment, and compared with the query again.
 */
export async function searchMessages(deps: SearchDeps, viewerId: string, input: Input): Promise<Output | Refusal> {
  const query = parseQuery(input.query);
  const mark = markOf(viewerId, input);
  const before = input.cursor === undefined ? placeAt(untilMs(input)) : placeOf(input.cursor, mark);
  if (!before) return refuse("invalid", { detail: "This cursor is not from this search.", pointer: "/cursor" });
  const nothing: Output = { items: [], next: null, complete: true };
  if (query.parts.length === 0 && input.kind !== "photo" && input.kind !== "link") return nothing;
  const where = await readScopes(deps.sql, viewerId, input.conversationId);
  if (!where) return refuse("not_found");
  const fromMs = input.from === undefined ? 0 : Date.parse(input.from);
  const short = where.conversation !== null && where.conversation.messages <= shortConversation;
  const candidates =
    short && input.conversationId !== undefined
      ? walkConversation(deps.sql, { conversationId: input.conversationId, fromMs, before })
      : walkIndex(deps.sql, {
          scopes: where.scopes,
          query,
          kind: input.kind,
          conversationId: input.conversationId,
          fromMs,
          before,
        });
  const found = await fillPage({ sql: deps.sql, viewerId, input, query, candidates });
  const [items, complete] = await Promise.all([
    toItems(deps, viewerId, found.matches),
    short || readComplete(deps.sql, viewerId, input.conversationId),
  ]);
  return {
    items,
    next: found.next && encodeCursor([mark, found.next.at, found.next.conversation_id, found.next.seq]),
    complete,
  };
}

interface Filling {
  sql: Sql;
  viewerId: string;
  input: Input;
  query: Query;
  candidates: AsyncIterable<Candidates>;
}

interface Match extends LiveMessage {
  ranges: [number, number][];
}

/** `next`: the oldest place that this page has dealt with, when there may be more. */
async function fillPage(filling: Filling): Promise<{ matches: Match[]; next: Place | null }> {
  const limit = filling.input.limit ?? limits.pageDefault;
  const matches: Match[] = [];
  const looked = { places: 0, messages: 0, textUnits: 0 };
  let bytes = 0;
  for await (const { places, last } of filling.candidates) {
    looked.places += places.length;
    for (let n = 0; n < places.length; n += 100) {
      const slice = places.slice(n, n + 100);
      const live = await readLive(filling.sql, { ...liveAsked(filling), places: slice });
      looked.messages += slice.length;
      for await (const { message, ranges } of compared(filling, live)) {
        if (ranges) {
          bytes += Buffer.byteLength(message.text);
          const full = matches.length === limit || (matches.length > 0 && bytes > limits.answerTextBytes);
          if (full) return { matches, next: matches.at(-1) ?? null };
          matches.push({ ...message, ranges });
        }
        looked.textUnits += message.text.length;
        if (looked.textUnits > looksMost.textUnits) return { matches, next: message };
      }
      const end = slice.at(-1);
      if (looked.messages >= looksMost.messages && end && (last !== null || n + 100 < places.length))
        return { matches, next: end };
    }
    if (last === null) return { matches, next: null };
    looked.places += 1;
    if (looked.places >= looksMost.places) return { matches, next: last };
  }
  return { matches, next: null };
}

/** A request waits apart, and what was put away stays there; where somebody asks in one conversation, a request counts. */
function liveAsked({ viewerId, input }: Filling) {
  const folders = input.conversationId === undefined ? ["inbox", "archived"] : ["inbox", "archived", "requests"];
  return { viewerId, senderId: input.personId, folders };
}

const breathMs = 8;

interface Compared {
  message: LiveMessage;
  /** Where it holds the query; null where it does not. */
  ranges: Match["ranges"] | null;
}

/** Comparing takes some milliseconds for the longest text: others get their turn in between (T28). */
async function* compared({ input, query }: Filling, live: readonly LiveMessage[]): AsyncGenerator<Compared> {
  let beganMs = performance.now();
  for (const message of live) {
    if (performance.now() - beganMs > breathMs) {
      await new Promise<void>((next) => setImmediate(next));
      beganMs = performance.now();
    }
    if (input.kind !== undefined && !isOfKind(message, input.kind)) continue;
    yield { message, ranges: findMatches(message.text, query) };
  }
}

function isOfKind(message: LiveMessage, kind: "text" | "photo" | "link"): boolean {
  if (kind === "link") return holdsLink(message.text);
  return message.has_media === (kind === "photo");
}

/** One that was taken back or changed since it was compared is left out: its snippet would say what it said. */
async function toItems(deps: SearchDeps, viewerId: string, matches: readonly Match[]): Promise<Output["items"]> {
  const keys = matches.map((match) => ({ conversationId: match.conversation_id, seq: match.seq }));
  const views = new Map((await deps.messages(keys, viewerId)).map((one) => [`${one.conversationId} ${one.seq}`, one]));
  return matches.flatMap((match) => {
    const message = views.get(`${match.conversation_id} ${match.seq}`);
    if (!message || message.unsentAt !== null || message.text !== match.text) return [];
    return { message, snippet: snippetOf(match.text, match.ranges) };
  });
}

function untilMs(input: Input): number {
  return input.to === undefined ? endOfTimeMs : Date.parse(input.to);
}

/** A cursor goes on with the search that it is from, and no other. */
function markOf(viewerId: string, { query, conversationId, personId, kind, from, to }: Input): string {
  const asked = JSON.stringify([viewerId, query, conversationId, personId, kind, from, to]);
  return Bun.hash(asked).toString(36);
}

function placeOf(cursor: string, mark: string): Place | null {
  const parts = decodeCursor(cursor, ["text", "number", "id", "number"]);
  return parts?.[0] === mark ? { at: parts[1], conversation_id: parts[2], seq: parts[3] } : null;
}
