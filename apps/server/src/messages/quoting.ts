import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";
import { tellMembers, type TellDeps } from "./tell.ts";

/** How many quoting messages change in one transaction, and how many of them are told one by one. */
const changedAtOnce = 500;
const toldAtOnce = 50;

/** A message that others quote, at the change that took away what it said. */
export type Source = Pick<MessageRow, "conversation_id" | "seq" | "change">;

/**
 * When a source is edited or goes, each message that quotes it changes as well, so that no device keeps the old words (R9, T6). Inside a
 * transaction that holds the conversation; at most `changedAtOnce`, the newest, and `settleQuoting` does the rest behind the commit:
 * until then the server shows no old word of them either, for a quote is resolved when it is read. Answers how many changed.
 */
export async function changeQuoting(tx: Sql, source: Source): Promise<number> {
  const due: { seq: number }[] = await tx`
    select q.seq::float8 as seq from messages q
    where q.conversation_id = ${source.conversation_id} and q.reply_to_seq = ${source.seq} and q.change < ${source.change}
      and q.unsent_at is null
    order by q.seq desc limit ${changedAtOnce}`;
  if (due.length === 0) return 0;
  const [{ change }] = await tx`
    update conversations set last_change = last_change + ${due.length} where id = ${source.conversation_id}
    returning (last_change - ${due.length}::int8)::float8 as change`;
  await tx`
    update messages m set change = ${change}::int8 + t.n, changed = true
    from unnest(${plainArray(due.map((row) => row.seq))}::int8[]) with ordinality as t(seq, n)
    where m.conversation_id = ${source.conversation_id} and m.seq = t.seq`;
  return due.length;
}

/**
 * After the commit: changes what was too many for it, and tells of the newest; who is behind pulls the others by their change
 * numbers. Repeating it does nothing twice. A crash before the end leaves the oldest of more than `changedAtOnce` quotes as
 * devices hold them, until those read them again.
 */
export async function settleQuoting(deps: TellDeps, source: Source): Promise<void> {
  const newest: MessageRow[] = await deps.sql`
    select ${messageColumns(deps.sql)} from messages m
    where m.conversation_id = ${source.conversation_id} and m.reply_to_seq = ${source.seq} and m.unsent_at is null
    order by m.seq desc limit ${toldAtOnce}`;
  if (newest.length === 0) return;
  await tellMembers(deps, newest, { event: "message.changed" });
  if (newest.length < toldAtOnce) return;
  for (;;) {
    const changed = await deps.sql.begin(async (tx) => {
      await tx`select 1 from conversations where id = ${source.conversation_id} for no key update`;
      return await changeQuoting(tx, source);
    });
    if (changed > 0) deps.inbox.touch(source.conversation_id);
    if (changed < changedAtOnce) return;
  }
}

/** Tombstones, and whatever else changed by itself: to every member who was shown it, and so are the messages that quote it. */
export async function tellChanged(deps: TellDeps, rows: readonly MessageRow[]): Promise<void> {
  for (const ofOne of Map.groupBy(rows, (row) => row.conversation_id).values()) {
    await tellMembers(deps, ofOne, { event: "message.changed" });
    for (const row of ofOne) if (row.unsent_at !== null) await settleQuoting(deps, row);
  }
}
