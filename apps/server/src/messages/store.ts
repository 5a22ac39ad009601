import type { Sql } from "../db/sql.ts";
import type { MessageRow } from "./message-view.ts";

/** A message that was decided on, ready to be written. */
export interface NewMessage {
  conversationId: string;
  policyRev: number;
  id: string;
  senderId: string;
  clientId: string;
  fingerprint: string;
  text: string;
  createdAt: Date;
}

export interface Placed {
  seq: number;
  change: number;
}

/**
 * Commits a batch in one statement (R14, R26): lock the conversations in id order, give out the next numbers, insert.
 * Answers by message id; what is missing met a newer policy revision and has to be decided again (T8).
 * Without `on conflict`, which would burn a sequence number; a duplicate client id throws 23505 and nothing is written.
 */
export async function commitBatch(sql: Sql, batch: readonly NewMessage[]): Promise<Map<string, Placed>> {
  const groups = groupByConversation(batch);
  const rows: { id: string; seq: number; change: number }[] = await sql`
    with wanted as (
      select * from unnest(
        ${sql.array(groups.map((group) => group.conversationId), "UUID")},
        ${sql.array(groups.map((group) => group.policyRev), "INT8")},
        ${sql.array(groups.map((group) => group.count), "INT4")}) as w(id, policy_rev, n)
    ), locked as (
      select c.id from conversations c join wanted w on w.id = c.id
      where c.policy_rev = w.policy_rev order by c.id for no key update of c
    ), bumped as (
      update conversations c set last_seq = c.last_seq + w.n, last_change = c.last_change + w.n
      from wanted w, locked l where l.id = w.id and c.id = w.id
      returning c.id, c.last_seq - w.n as seq, c.last_change - w.n as change
    )
    insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, change, created_at)
    select b.id, b.seq + m.place, m.id, m.sender_id, m.client_id, m.fingerprint, m.text, b.change + m.place, m.created_at
    from bumped b join unnest(
        ${sql.array(batch.map((message) => message.conversationId), "UUID")},
        ${sql.array(places(batch), "INT4")},
        ${sql.array(batch.map((message) => message.id), "UUID")},
        ${sql.array(batch.map((message) => message.senderId), "UUID")},
        ${sql.array(batch.map((message) => message.clientId), "TEXT")},
        ${sql.array(batch.map((message) => message.fingerprint), "TEXT")},
        ${sql.array(batch.map((message) => message.text), "TEXT")},
        ${sql.array(batch.map((message) => message.createdAt), "TIMESTAMPTZ")})
      as m(conversation_id, place, id, sender_id, client_id, fingerprint, text, created_at)
      on m.conversation_id = b.id
    returning id, seq::float8 as seq, change::float8 as change`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Each message's place within its conversation's share of the batch, from 1. */
function places(batch: readonly NewMessage[]): number[] {
  const counts = new Map<string, number>();
  return batch.map(({ conversationId }) => {
    const place = (counts.get(conversationId) ?? 0) + 1;
    counts.set(conversationId, place);
    return place;
  });
}

function groupByConversation(batch: readonly NewMessage[]) {
  const groups = new Map<string, { conversationId: string; policyRev: number; count: number }>();
  for (const { conversationId, policyRev } of batch) {
    const group = groups.get(conversationId);
    if (group) group.count += 1;
    else groups.set(conversationId, { conversationId, policyRev, count: 1 });
  }
  return [...groups.values()];
}

/** Messages by conversation and seq, for replays. */
export async function readMessages(sql: Sql, keys: readonly { conversationId: string; seq: number }[]): Promise<MessageRow[]> {
  if (keys.length === 0) return [];
  return await sql`
    select m.conversation_id, m.seq::float8 as seq, m.change::float8 as change, m.id, m.sender_id, m.client_id, m.text,
      m.has_media, m.created_at, m.unsent_at
    from unnest(
        ${sql.array(keys.map((key) => key.conversationId), "UUID")},
        ${sql.array(keys.map((key) => key.seq), "INT8")}) as k(conversation_id, seq)
    join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq`;
}
