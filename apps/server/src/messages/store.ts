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
}

export interface Placed {
  seq: number;
  change: number;
}

/**
 * Commits a batch (R14, R26): give out the next numbers, insert. Answers by message id; what is missing met a newer policy
 * revision and has to be decided again (T8). Without `on conflict`, which would burn a sequence number; a duplicate client
 * id throws 23505 and nothing is written.
 *
 * Two statements in one transaction: joined into one, the numbers reach the messages by comparing every pair of them
 * (102 µs a message at 256), or by a hash that the planner finds only sometimes (24).
 */
export async function commitBatch(
  sql: Sql,
  batch: readonly NewMessage[],
  { createdAt, skipLocked = false }: { createdAt: Date; skipLocked?: boolean },
): Promise<Map<string, Placed | "locked">> {
  return await sql.begin(async (tx) => {
    const free = skipLocked ? await lockFree(tx, batch) : null;
    const next = await giveOutNumbers(tx, free ? batch.filter((message) => free.has(message.conversationId)) : batch);
    const placed = new Map<string, Placed>();
    const rows = batch.filter((message) => {
      const numbers = next.get(message.conversationId);
      if (!numbers) return false;
      placed.set(message.id, { seq: (numbers.seq += 1), change: (numbers.change += 1) });
      return true;
    });
    if (rows.length > 0) await insertMessages(tx, { rows, placed, createdAt });
    const all = new Map<string, Placed | "locked">(placed);
    for (const message of batch) if (free && !free.has(message.conversationId)) all.set(message.id, "locked");
    return all;
  });
}

/** The batch's conversations that nobody holds, held from now on. */
async function lockFree(tx: Sql, batch: readonly NewMessage[]): Promise<Set<string>> {
  const ids = [...new Set(batch.map((message) => message.conversationId))];
  const rows: { id: string }[] = await tx`
    select c.id from conversations c join unnest(${tx.array(ids, "UUID")}) as w(id) on w.id = c.id
    for no key update of c skip locked`;
  return new Set(rows.map((row) => row.id));
}

/**
 * Each conversation's last numbers before this batch; the ones at another policy revision are left out. Rows are locked in
 * id order: the list is sorted, and the plan goes through it.
 */
async function giveOutNumbers(tx: Sql, batch: readonly NewMessage[]): Promise<Map<string, Placed>> {
  const groups = [...Map.groupBy(batch, (message) => message.conversationId)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const asked = new Set(groups.map(([id]) => id));
  const rows: (Placed & { id: string })[] = await tx`
    update conversations c set last_seq = c.last_seq + w.n, last_change = c.last_change + w.n
    from unnest(
        ${tx.array(
          groups.map(([id]) => id),
          "UUID",
        )},
        ${tx.array(
          groups.map(([, messages]) => messages[0]?.policyRev ?? 0),
          "INT8",
        )},
        ${tx.array(
          groups.map(([, messages]) => messages.length),
          "INT4",
        )}) as w(id, policy_rev, n)
    where c.id = w.id and c.policy_rev = w.policy_rev
    returning c.id, (c.last_seq - w.n)::float8 as seq, (c.last_change - w.n)::float8 as change`;
  // Numbers that nobody takes would be a gap for ever (R14): better nothing is committed.
  if (rows.some((row) => !asked.has(row.id))) throw new Error("a conversation's id came back in another form");
  return new Map(rows.map(({ id, ...numbers }) => [id, numbers]));
}

async function insertMessages(
  tx: Sql,
  { rows, placed, createdAt }: { rows: readonly NewMessage[]; placed: ReadonlyMap<string, Placed>; createdAt: Date },
): Promise<void> {
  const places = rows.map((row) => placed.get(row.id) ?? { seq: 0, change: 0 });
  await tx`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, fingerprint, text, created_at)
    select m.*, ${createdAt}::timestamptz from unnest(
      ${tx.array(
        rows.map((row) => row.conversationId),
        "UUID",
      )},
      ${tx.array(
        places.map((place) => place.seq),
        "INT8",
      )},
      ${tx.array(
        places.map((place) => place.change),
        "INT8",
      )},
      ${tx.array(
        rows.map((row) => row.id),
        "UUID",
      )},
      ${tx.array(
        rows.map((row) => row.senderId),
        "UUID",
      )},
      ${tx.array(
        rows.map((row) => row.clientId),
        "TEXT",
      )},
      ${tx.array(
        rows.map((row) => row.fingerprint),
        "TEXT",
      )},
      ${tx.array(
        rows.map((row) => row.text),
        "TEXT",
      )}) as m`;
}

/** Messages by conversation and seq, for replays. */
export async function readMessages(
  sql: Sql,
  keys: readonly { conversationId: string; seq: number }[],
): Promise<MessageRow[]> {
  if (keys.length === 0) return [];
  return await sql`
    select m.conversation_id, m.seq::float8 as seq, m.change::float8 as change, m.id, m.sender_id, m.client_id, m.text,
      m.has_media, m.created_at, m.unsent_at
    from unnest(
        ${sql.array(
          keys.map((key) => key.conversationId),
          "UUID",
        )},
        ${sql.array(
          keys.map((key) => key.seq),
          "INT8",
        )}) as k(conversation_id, seq)
    join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq`;
}
