import { listConversations } from "../../apps/server/src/conversations/list.ts";
import type { Sql } from "../../apps/server/src/db/sql.ts";
import { Refusal } from "../../apps/server/src/errors.ts";
import { listMessages } from "../../apps/server/src/messages/history.ts";
import { viewMessages } from "../../apps/server/src/messages/message-parts.ts";
import { readMessages } from "../../apps/server/src/messages/store.ts";
import { personBriefs } from "../../apps/server/src/people/brief.ts";
import { prefixRanges } from "../../apps/server/src/people/search-words.ts";
import { searchMessages } from "../../apps/server/src/search/search-messages.ts";
import type { Filled } from "./fill.ts";

/** One thing that a client asks, from the parsed command to the answer before it is encoded. */
export interface Reading {
  name: string;
  ask: () => Promise<void>;
}

/** The handlers of the server on their own: no door, no limits. Each answer is looked at: an empty one would be fast. */
export function readings(sql: Sql, { personId, longId, longSeq, rareWords, commonWord }: Filled): Reading[] {
  const people = async (ids: readonly string[]) => await personBriefs(sql, ids);
  const deps = { sql, people, media: async () => new Map(), damaged: fail };
  const messages = async (keys: readonly { conversationId: string; seq: number }[], viewerId: string) =>
    await viewMessages(deps, await readMessages(sql, keys), viewerId);
  const inbox = { sql, readers: { people, damaged: fail, messages }, prefixRanges };
  let asked = 0;
  const search = async (query: string, found: number) => {
    expectItems(await searchMessages({ sql, messages }, personId, { query }), found);
  };
  /** Another one each time, evenly over all. */
  const next = <T>(items: readonly T[]): T => items[(asked += 1) % items.length] as T;
  return [
    { name: "inbox", ask: async () => expectItems(await listConversations(inbox, personId, { folder: "inbox" }), 50) },
    {
      name: "history",
      ask: async () => {
        asked += 1;
        const before = 51 + Math.floor((longSeq - 51) * ((asked * 0.618) % 1));
        expectItems(await listMessages(deps, personId, { conversationId: longId, before }), 50);
      },
    },
    { name: "search, rare", ask: async () => await search(next(rareWords), 1) },
    { name: "search, common", ask: async () => await search(commonWord, 50) },
    { name: "search, both", ask: async () => await search(`${commonWord} ${next(rareWords)}`, 0) },
  ];
}

function expectItems(answer: Refusal | { items: readonly unknown[] }, least: number): void {
  if (answer instanceof Refusal) throw new Error(`refused: ${answer.code}`);
  if (answer.items.length < least) throw new Error(`${answer.items.length} items instead of ${least}`);
}

function fail(what: string): void {
  throw new Error(`damaged: ${what}`);
}
