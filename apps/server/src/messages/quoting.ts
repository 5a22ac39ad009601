import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";
import { tellMembers, type TellDeps } from "./tell.ts";

/** How many quoting messages change with their source, and are told one by one; the rest is a worker's (quotes-due.ts). */
const changedAtOnce = 50;

/** A message that others quote, at the change that took away what it said. */
export type Source = Pick<MessageRow, "conversation_id" | "seq" | "change">;

/**
 * When a source is edited or goes, each message that quotes it changes as well, so that no device keeps the old words (R9, T6). Inside
 * a transaction that holds the conversation: the newest change here, and that there are more is written down with them. Until those
 * changed too the server shows no old word of them either, for a quote is resolved when it is read. Answers how many changed.
 */
export async function changeQuoting(tx: Sql, source: Source): Promise<number> {
  const found: { seq: number }[] = await tx`
    select q.seq::float8 as seq from messages q
    where q.conversation_id = ${source.conversation_id} and q.reply_to_seq = ${source.seq} and q.unsent_at is null
    order by q.seq desc limit ${changedAtOnce + 1}`;
  if (found.length === 0) return 0;
  const seqs = found.slice(0, changedAtOnce).map((row) => row.seq);
  const [{ change }] = await tx`
    update conversations set last_change = last_change + ${seqs.length} where id = ${source.conversation_id}
    returning (last_change - ${seqs.length}::int8)::float8 as change`;
  await tx`
    update messages m set change = ${change}::int8 + t.n, changed = true
    from unnest(${plainArray(seqs)}::int8[]) with ordinality as t(seq, n)
    where m.conversation_id = ${source.conversation_id} and m.seq = t.seq`;
  if (found.length > seqs.length) await owe(tx, source, seqs.at(-1) ?? 0);
  return seqs.length;
}

/** A pass that is under way goes on as it is, with the new words for those it has yet to reach; the others follow in the next. */
async function owe(
  tx: Sql,
  { conversation_id: conversationId, seq, change }: Source,
  beforeSeq: number,
): Promise<void> {
  await tx`
    insert into quotes_due (conversation_id, source_seq, change, before_seq, pass_change)
    values (${conversationId}, ${seq}, ${change}, ${beforeSeq}, ${change})
    on conflict (conversation_id, source_seq) do update set change = excluded.change`;
}

/** After the commit: tells of the newest; who is behind pulls the others by their change numbers. */
export async function tellQuoting(deps: TellDeps, source: Source): Promise<void> {
  const newest: MessageRow[] = await deps.sql`
    select ${messageColumns(deps.sql)} from messages m
    where m.conversation_id = ${source.conversation_id} and m.reply_to_seq = ${source.seq} and m.unsent_at is null
    order by m.seq desc limit ${changedAtOnce}`;
  if (newest.length > 0) await tellMembers(deps, newest, { event: "message.changed" });
}

/** Tombstones, and whatever else changed by itself: to every member who was shown it, and so are the messages that quote it. */
export async function tellChanged(deps: TellDeps, rows: readonly MessageRow[]): Promise<void> {
  for (const ofOne of Map.groupBy(rows, (row) => row.conversation_id).values()) {
    await tellMembers(deps, ofOne, { event: "message.changed" });
    for (const row of ofOne) if (row.unsent_at !== null) await tellQuoting(deps, row);
  }
}
