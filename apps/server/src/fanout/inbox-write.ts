import { plainArray, textArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";

export interface InboxChange {
  person_id: string;
  conversation_id: string;
  since: number;
  counter: number;
  change: number;
  last_seq: number;
  read_seq: number;
  /** The folder changed with it: a message brings a conversation back from the archive. */
  moved: boolean;
}

/**
 * Brings the inbox rows of every member up to the log. The person's counter is given out under its row's lock, so a reader
 * never sees a later number before an earlier one is there (R15). Three statements, each by key: as a single one with its
 * joins among intermediate results it took 45 ms for 500 rows, where these take 16. `onlyFor`: one member's rows alone.
 */
export async function writeInbox(
  sql: Sql,
  conversationIds: readonly string[],
  { onlyFor }: { onlyFor?: string } = {},
): Promise<InboxChange[]> {
  return await sql.begin(async (tx) => {
    const due: DueRow[] = await tx`
      with changed as materialized (
        select c.id, c.last_seq, c.last_change,
          coalesce((select l.created_at from messages l
            where l.conversation_id = c.id and l.seq = c.last_seq and isfinite(l.created_at)), c.created_at) as at
        from unnest(${plainArray(conversationIds)}::uuid[]) as t(id) join conversations c on c.id = t.id
      )
      select m.person_id, i.folder, c.id as conversation_id, c.last_seq::float8 as last_seq, c.last_change::float8 as last_change,
        c.at::text as at
      from changed c
      join members m on m.conversation_id = c.id and m.left_at is null
        ${onlyFor === undefined ? tx`` : tx`and m.person_id = ${onlyFor}`}
      join inbox i on i.person_id = m.person_id and i.conversation_id = c.id
      order by m.person_id`;
    const since = await giveOutCounters(tx, due);
    return await updateRows(tx, due, since);
  });
}

/** Each person's counter before their share of these changes. Rows are locked in person order: the list's, which the plan walks. */
async function giveOutCounters(tx: Sql, due: readonly DueRow[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { person_id } of due) counts.set(person_id, (counts.get(person_id) ?? 0) + 1);
  const rows: { person_id: string; since: number }[] = await tx`
    update person_counters p set counter = p.counter + t.n
    from unnest(${plainArray([...counts.keys()])}::uuid[], ${plainArray([...counts.values()])}::int8[]) as t(id, n) where p.person_id = t.id
    returning p.person_id, (p.counter - t.n)::float8 as since`;
  return new Map(rows.map((row) => [row.person_id, row.since]));
}

async function updateRows(tx: Sql, due: readonly DueRow[], since: ReadonlyMap<string, number>): Promise<InboxChange[]> {
  const given = new Map(since);
  const counters = due.map(({ person_id }) => {
    const counter = (given.get(person_id) ?? 0) + 1;
    given.set(person_id, counter);
    return counter;
  });
  const rows: Omit<InboxChange, "since">[] = await tx`
    update inbox i set
      counter = t.counter, change = greatest(i.change, t.change), last_seq = greatest(i.last_seq, t.last_seq),
      activity_at = greatest(i.activity_at, t.at),
      folder = case when i.folder = 'archived' and t.last_seq > i.last_seq and (i.muted_until is null or i.muted_until < now())
        then 'inbox' else i.folder end
    from unnest(
        ${plainArray(due.map((row) => row.person_id))}::uuid[], ${plainArray(due.map((row) => row.conversation_id))}::uuid[],
        ${plainArray(counters)}::int8[], ${plainArray(due.map((row) => row.last_change))}::int8[],
        ${plainArray(due.map((row) => row.last_seq))}::int8[], ${textArray(due.map((row) => row.at))}::timestamptz[],
        ${plainArray(due.map((row) => row.folder))}::text[])
      as t(person_id, conversation_id, counter, change, last_seq, at, folder)
    where i.person_id = t.person_id and i.conversation_id = t.conversation_id
    returning i.person_id, i.conversation_id, i.folder <> t.folder as moved, i.counter::float8 as counter, i.change::float8 as change,
      i.last_seq::float8 as last_seq, i.read_seq::float8 as read_seq`;
  return rows.map((row) => ({ ...row, since: since.get(row.person_id) ?? 0 }));
}

/** Whose inbox a conversation is in. */
export async function membersOf(sql: Sql, conversationId: string): Promise<string[]> {
  const rows: { person_id: string }[] = await sql`
    select person_id from members where conversation_id = ${conversationId} and left_at is null order by person_id`;
  return rows.map((row) => row.person_id);
}

interface DueRow {
  person_id: string;
  folder: string;
  conversation_id: string;
  last_seq: number;
  last_change: number;
  /** To the microsecond, as the database writes it: it only passes through. */
  at: string;
}
