import { isDatabaseAway, type Sql } from "../db/sql.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { entomb, type EntombDeps } from "./entomb.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";
import type { Place, SetAside } from "./set-aside.ts";

export interface ExpireDeps extends EntombDeps {
  sql: Sql;
  inbox: InboxFlush;
  /** Tells every member who was shown these messages what they are now. */
  tell: (rows: readonly MessageRow[]) => Promise<void>;
  onError: (error: unknown) => void;
}

const rowsAtOnce = 100;

/**
 * Messages whose time is over become tombstones, and their photos go with every byte (C19, R21). Reading shows them as such already.
 * Several processes may do it at once: a conversation that one of them holds is left to it. Answers how many went.
 */
export async function expireMessages(deps: ExpireDeps, aside: SetAside): Promise<number> {
  const due: { conversation_id: string; seq: number }[] = await deps.sql`
    select conversation_id, seq::float8 as seq from messages
    where expires_at <= now() and unsent_at is null ${aside.without(deps.sql, "seq")}
    order by expires_at limit ${rowsAtOnce}`;
  const places = [...due.map((row) => ({ conversationId: row.conversation_id, seq: row.seq })), ...aside.again()];
  let gone = 0;
  for (const ofOne of Map.groupBy(places, (place) => place.conversationId).values())
    gone += await expireHalving(deps, aside, ofOne);
  if (gone > 0) await deps.media.deleteBlobs();
  return gone;
}

/** All of one conversation at once; where that fails half of them, and so on, for it may be one that cannot go (T30). */
async function expireHalving(deps: ExpireDeps, aside: SetAside, places: readonly Place[]): Promise<number> {
  try {
    const gone = await expireIn(deps, places);
    for (const place of places)
      if (gone === null) aside.held(place);
      else aside.done(place);
    return gone ?? 0;
  } catch (error) {
    if (places.length > 1 && !isDatabaseAway(error)) {
      const half = Math.ceil(places.length / 2);
      const first = await expireHalving(deps, aside, places.slice(0, half));
      return first + (await expireHalving(deps, aside, places.slice(half)));
    }
    for (const place of places) aside.failed(place);
    deps.onError(error);
    return 0;
  }
}

/** Null while somebody else holds the conversation. */
async function expireIn(deps: ExpireDeps, places: readonly Place[]): Promise<number | null> {
  const conversationId = places[0]?.conversationId ?? "";
  const seqs = places.map((place) => place.seq);
  const tombstones = await deps.inbox.touchIfLost(
    [conversationId],
    async () => await deps.sql.begin(async (tx) => await writeTombstones(tx, deps, { conversationId, seqs })),
  );
  if (!tombstones?.length) return tombstones && 0;
  deps.inbox.touch(conversationId, { stale: true });
  await deps.tell(tombstones);
  return tombstones.length;
}

async function writeTombstones(
  tx: Sql,
  deps: ExpireDeps,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<MessageRow[] | null> {
  if (!(await holdFree(tx, conversationId))) return null;
  const rows: MessageRow[] = await tx`
    select ${messageColumns(tx)} from messages m
    where m.conversation_id = ${conversationId} and m.seq = any(${tx.array([...seqs], "INT8")}::int8[])
      and m.expires_at <= now() and m.unsent_at is null
    order by m.seq`;
  const tombstones: MessageRow[] = [];
  for (const row of rows) tombstones.push(await entomb(tx, deps, row, "expired"));
  return tombstones;
}

/** Holds the conversation until the commit; false while somebody else does. */
export async function holdFree(tx: Sql, conversationId: string): Promise<boolean> {
  const held = await tx`select 1 from conversations where id = ${conversationId} for no key update skip locked`;
  return held.length > 0;
}
