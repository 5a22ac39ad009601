import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { encodeSyncCursor, readSyncCursor } from "../fanout/sync-cursor.ts";

export interface PullDeps {
  sql: Sql;
  epoch: string;
  view: (viewerId: string, conversationIds: readonly string[]) => Promise<Conversation[]>;
}

/**
 * What changed for a person since their cursor (R15): all of it, in pages, or a plain word to reload. The counter is read
 * first: what changes while the rows are read comes again with the next pull, and nothing is passed over.
 */
export async function pullSync(
  deps: PullDeps,
  viewerId: string,
  input: CommandParsed<"sync.pull">,
): Promise<CommandOutput<"sync.pull">> {
  const since =
    input.cursor === undefined ? null : readSyncCursor({ epoch: deps.epoch, personId: viewerId }, input.cursor);
  const [{ counter }] =
    await deps.sql`select counter::float8 as counter from person_counters where person_id = ${viewerId}`;
  // A cursor from the future is one of a database that was put back: start anew.
  const reload = since === null || since > counter;
  const limit = input.limit ?? limits.pageDefault;
  const page = reload ? await newest(deps.sql, viewerId, limit) : await changed(deps.sql, viewerId, { since, limit });
  const [shown, requests] = await Promise.all([deps.view(viewerId, page.ids), countRequests(deps.sql, viewerId)]);
  return {
    reload,
    conversations: [...shown, ...(await gone(deps.sql, viewerId, page.ids, shown))],
    cursor: encodeSyncCursor({ epoch: deps.epoch, personId: viewerId, counter: page.reached ?? counter }),
    hasMore: page.reached !== null,
    requests,
  };
}

interface PulledIds {
  ids: string[];
  /** Where a further pull goes on; null when this was everything. */
  reached: number | null;
}

/** The first sync brings the newest; older ones come with `conversations.list`. */
async function newest(sql: Sql, viewerId: string, limit: number): Promise<PulledIds> {
  const rows: { id: string }[] = await sql`
    (select conversation_id as id from inbox where person_id = ${viewerId} and folder = 'inbox'
     order by pinned desc, activity_at desc, conversation_id desc limit ${limit})
    union all
    (select conversation_id as id from inbox where person_id = ${viewerId} and folder = 'requests'
     order by pinned desc, activity_at desc, conversation_id desc limit ${limit})`;
  return { ids: rows.map((row) => row.id), reached: null };
}

async function changed(sql: Sql, viewerId: string, range: { since: number; limit: number }): Promise<PulledIds> {
  const rows: { id: string; counter: number }[] = await sql`
    select conversation_id as id, counter::float8 as counter from inbox
    where person_id = ${viewerId} and counter > ${range.since}
    order by counter limit ${range.limit + 1}`;
  const page = rows.slice(0, range.limit);
  const last = page.at(-1);
  return { ids: page.map((row) => row.id), reached: rows.length > range.limit && last ? last.counter : null };
}

/** What the viewer left since: its id, for their other devices to drop it, and nothing else of it (R8). */
async function gone(
  sql: Sql,
  viewerId: string,
  ids: readonly string[],
  shown: readonly Conversation[],
): Promise<Conversation[]> {
  const held = new Set(shown.map((one) => one.id));
  const missing = ids.filter((id) => !held.has(id));
  if (missing.length === 0) return [];
  const left: { id: string }[] = await sql`
    select m.conversation_id as id from unnest(${sql.array(missing, "UUID")}) as t(id)
    join members m on m.conversation_id = t.id and m.person_id = ${viewerId} and m.left_at is not null`;
  return left.map(({ id }) => ({ ...nothing, id }));
}

const nothing: Omit<Conversation, "id"> = {
  kind: "group",
  people: [],
  memberCount: 0,
  state: "hidden",
  lastMessage: null,
  lastSeq: 0,
  change: 0,
  readSeq: 0,
  unread: 0,
  pinned: false,
  archived: false,
  mutedUntil: null,
  activityAt: "1970-01-01T00:00:00.000Z",
  draft: null,
  receipts: [],
  hiddenCount: 0,
  disappearAfterSeconds: null,
};

async function countRequests(sql: Sql, viewerId: string): Promise<number> {
  const [row] = await sql`
    select count(*)::int as n from (
      select 1 from inbox where person_id = ${viewerId} and folder = 'requests' limit 100) capped`;
  return row.n;
}
