import type { Sql } from "../db/sql.ts";

/** What people show of themselves here, each only to those who show theirs (C8). */
export type Shown = "typing" | "readReceipts";

/**
 * To whom of a conversation this person shows it: nobody while they keep theirs to themselves, in a request, or where one of the
 * two blocked the other; nobody who has not accepted (R3, R5, R7).
 */
export async function readShownTo(
  sql: Sql,
  { personId, conversationId, shown }: { personId: string; conversationId: string; shown: Shown },
): Promise<string[]> {
  const rows: { person_id: string }[] = await sql`
    select o.person_id from members me
    join conversations c on c.id = me.conversation_id and (c.kind = 'group' or c.state = 'accepted')
    join people p on p.id = me.person_id and p.settings->>${shown} = 'true'
    join members o on o.conversation_id = me.conversation_id and o.person_id <> me.person_id
      and o.left_at is null and o.invited_by is null
    join people op on op.id = o.person_id and op.settings->>${shown} = 'true'
    where me.conversation_id = ${conversationId} and me.person_id = ${personId} and me.left_at is null
      and me.invited_by is null
      and not exists (select 1 from blocks b where b.blocker_id = me.person_id and b.blocked_id = o.person_id)
      and not exists (select 1 from blocks b where b.blocker_id = o.person_id and b.blocked_id = me.person_id)
    order by o.person_id`;
  return rows.map((row) => row.person_id);
}

export interface Receipt {
  personId: string;
  readSeq: number;
}

/** Of a large group, those who have read furthest. */
const receiptsShown = 50;

/** How far the others have read, of those who show it to a viewer who shows theirs; by conversation. */
export async function readReceipts(
  sql: Sql,
  viewerId: string,
  conversationIds: readonly string[],
): Promise<Map<string, Receipt[]>> {
  const rows: { conversation_id: string; person_id: string; read_seq: number }[] = await sql`
    select c.id as conversation_id, r.person_id, r.read_seq::float8 as read_seq
    from unnest(${sql.array([...conversationIds], "UUID")}) as t(id)
    join conversations c on c.id = t.id and (c.kind = 'group' or c.state = 'accepted')
    join people p on p.id = ${viewerId} and p.settings->>'readReceipts' = 'true'
    join members me on me.conversation_id = c.id and me.person_id = ${viewerId} and me.left_at is null
      and me.invited_by is null
    cross join lateral (
      select o.person_id, i.read_seq from members o
      join people op on op.id = o.person_id and op.settings->>'readReceipts' = 'true'
      join inbox i on i.person_id = o.person_id and i.conversation_id = c.id
      where o.conversation_id = c.id and o.person_id <> ${viewerId} and o.left_at is null and o.invited_by is null
        and not exists (select 1 from blocks b where b.blocker_id = ${viewerId} and b.blocked_id = o.person_id)
        and not exists (select 1 from blocks b where b.blocker_id = o.person_id and b.blocked_id = ${viewerId})
      order by i.read_seq desc, o.person_id limit ${receiptsShown}) r
    order by r.person_id`;
  return new Map(
    [...Map.groupBy(rows, (row) => row.conversation_id)].map(([id, of]) => [
      id,
      of.map((row) => ({ personId: row.person_id, readSeq: row.read_seq })),
    ]),
  );
}

/** Whose open screens show this person's read marker: so many of their direct conversations, the newest. */
const newestShown = 50;

/**
 * Conversations whose other one gets them again when this person shows their read marker, or does not any more (C8). None with somebody
 * who blocked them or whom they blocked: nothing is told there (R5). Groups follow when they are read again.
 */
export async function readShownIn(sql: Sql, personId: string): Promise<string[]> {
  const rows: { id: string }[] = await sql`
    select newest.id from (
      select i.conversation_id as id from inbox i where i.person_id = ${personId} and i.folder = 'inbox'
      order by i.pinned desc, i.activity_at desc, i.conversation_id desc limit ${newestShown}) newest
    join conversations c on c.id = newest.id and c.kind = 'direct' and c.state = 'accepted'
    where not exists (
      select 1 from blocks b
      where (b.blocker_id, b.blocked_id) in ((c.low_id, c.high_id), (c.high_id, c.low_id)))`;
  return rows.map((row) => row.id);
}
