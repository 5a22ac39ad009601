import type { Sql } from "../db/sql.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { entomb, type EntombDeps } from "./entomb.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";

export interface ExpireDeps extends EntombDeps {
  sql: Sql;
  inbox: InboxFlush;
  /** Tells every member who was shown these messages what they are now. */
  tell: (rows: readonly MessageRow[]) => Promise<void>;
  onError: (error: unknown) => void;
}

const rowsAtOnce = 200;

/**
 * Messages whose time is over become tombstones, and their photos go with every byte (C19, R21). Reading shows them as such already.
 * Several processes may do it at once: a conversation that one of them holds is left to it. Answers how many went.
 */
export async function expireMessages(deps: ExpireDeps): Promise<number> {
  const due: { conversation_id: string; seq: number }[] = await deps.sql`
    select conversation_id, seq::float8 as seq from messages
    where expires_at <= now() and unsent_at is null order by expires_at limit ${rowsAtOnce}`;
  let gone = 0;
  for (const [conversationId, rows] of Map.groupBy(due, (row) => row.conversation_id)) {
    try {
      gone += await expireIn(
        deps,
        conversationId,
        rows.map((row) => row.seq),
      );
    } catch (error) {
      // The others' are due as well.
      deps.onError(error);
    }
  }
  if (gone > 0) await deps.media.deleteBlobs();
  return gone;
}

async function expireIn(deps: ExpireDeps, conversationId: string, seqs: readonly number[]): Promise<number> {
  const tombstones = await deps.inbox.touchIfLost(
    [conversationId],
    async () => await deps.sql.begin(async (tx) => await writeTombstones(tx, deps, { conversationId, seqs })),
  );
  if (tombstones.length === 0) return 0;
  deps.inbox.touch(conversationId, { stale: true });
  await deps.tell(tombstones);
  return tombstones.length;
}

async function writeTombstones(
  tx: Sql,
  deps: ExpireDeps,
  { conversationId, seqs }: { conversationId: string; seqs: readonly number[] },
): Promise<MessageRow[]> {
  if (!(await holdFree(tx, conversationId))) return [];
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
