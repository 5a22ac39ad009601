import { plainArray, textArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { messageId } from "../message-id.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";

/** A message that was decided on, ready to be written. */
export interface NewMessage {
  conversationId: string;
  policyRev: number;
  senderId: string;
  clientId: string;
  fingerprint: string;
  text: string;
}

/** Where a message stands in the log. */
export interface Placed {
  id: string;
  seq: number;
  change: number;
}

/**
 * Commits a batch (R14, R26): give out the next numbers, insert. Answers in the batch's order; undefined met a newer policy
 * revision and has to be decided again (T8), "locked" is in a conversation that somebody holds (with `skipLocked`). Without
 * `on conflict`, which would burn a sequence number; a duplicate client id throws 23505 and nothing is written.
 *
 * Two statements in one transaction: joined into one, the numbers reach the messages by comparing every pair of them
 * (102 µs a message at 256), or by a hash that the planner finds only sometimes (24).
 */
export async function commitBatch(
  sql: Sql,
  batch: readonly NewMessage[],
  { createdAt, skipLocked = false }: { createdAt: Date; skipLocked?: boolean },
): Promise<(Placed | "locked" | undefined)[]> {
  const placed = batch.map((): Placed | "locked" | undefined => undefined);
  const groups = groupByConversation(batch);
  await sql.begin(async (tx) => {
    if (skipLocked) await leaveOutLocked(tx, groups, placed);
    const rows = place(groups, await giveOutNumbers(tx, groups), placed);
    if (rows.length > 0) await insertMessages(tx, rows, createdAt);
  });
  return placed;
}

/**
 * The batch by conversation, in id order: rows are locked in it, and neighbours in the log are written one after the other
 * (8 µs of the database's a row, 9 to 9.5 in the order of arrival).
 */
function groupByConversation(batch: readonly NewMessage[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  batch.forEach((message, index) => {
    const group = groups.get(message.conversationId);
    if (group) group.push({ message, index });
    else groups.set(message.conversationId, [{ message, index }]);
  });
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Holds the conversations that are free from now on, and drops the others from the groups. */
async function leaveOutLocked(tx: Sql, groups: Map<string, Group>, placed: (Placed | "locked" | undefined)[]) {
  const free: { id: string }[] = await tx`
    select c.id from conversations c join unnest(${plainArray([...groups.keys()])}::uuid[]) as w(id) on w.id = c.id
    for no key update of c skip locked`;
  const freeIds = new Set(free.map((row) => row.id));
  for (const [id, group] of groups) {
    if (freeIds.has(id)) continue;
    for (const { index } of group) placed[index] = "locked";
    groups.delete(id);
  }
}

/**
 * Each conversation's last numbers before this batch; the ones at another policy revision are left out. Rows are locked in
 * id order: the list is sorted, and the plan goes through it.
 */
async function giveOutNumbers(tx: Sql, groups: ReadonlyMap<string, Group>): Promise<Map<string, Numbers>> {
  const lists = [...groups.values()];
  const rows: (Numbers & { id: string })[] = await tx`
    update conversations c set last_seq = c.last_seq + w.n, last_change = c.last_change + w.n
    from unnest(
        ${plainArray([...groups.keys()])}::uuid[],
        ${plainArray(lists.map(([first]) => first?.message.policyRev ?? 0))}::int8[],
        ${plainArray(lists.map((group) => group.length))}::int4[]) as w(id, policy_rev, n)
    where c.id = w.id and c.policy_rev = w.policy_rev
    returning c.id, (c.last_seq - w.n)::float8 as seq, (c.last_change - w.n)::float8 as change`;
  // Numbers that nobody takes would be a gap for ever (R14): better nothing is committed.
  if (rows.some((row) => !groups.has(row.id))) throw new Error("a conversation's id came back in another form");
  return new Map(rows.map((row) => [row.id, row]));
}

/** Writes into `placed` where each message stands; answers the rows in the log's order. */
function place(
  groups: ReadonlyMap<string, Group>,
  next: ReadonlyMap<string, Numbers>,
  placed: (Placed | "locked" | undefined)[],
): Row[] {
  const rows: Row[] = [];
  for (const [id, group] of groups) {
    const before = next.get(id);
    if (!before) continue;
    group.forEach(({ message, index }, nth) => {
      const seq = before.seq + nth + 1;
      const at = { id: messageId(id, seq), seq, change: before.change + nth + 1 };
      placed[index] = at;
      rows.push({ message, at });
    });
  }
  return rows;
}

async function insertMessages(tx: Sql, rows: readonly Row[], createdAt: Date): Promise<void> {
  await tx`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, fingerprint, text, created_at)
    select m.*, ${createdAt}::timestamptz from unnest(
      ${plainArray(rows.map(({ message }) => message.conversationId))}::uuid[],
      ${plainArray(rows.map(({ at }) => at.seq))}::int8[],
      ${plainArray(rows.map(({ at }) => at.change))}::int8[],
      ${plainArray(rows.map(({ at }) => at.id))}::uuid[],
      ${plainArray(rows.map(({ message }) => message.senderId))}::uuid[],
      ${textArray(rows.map(({ message }) => message.clientId))}::text[],
      ${plainArray(rows.map(({ message }) => message.fingerprint))}::text[],
      ${textArray(rows.map(({ message }) => message.text))}::text[]) as m`;
}

interface Numbers {
  seq: number;
  change: number;
}

interface Row {
  message: NewMessage;
  at: Placed;
}

/** The messages of one conversation, with their places in the batch. */
type Group = { message: NewMessage; index: number }[];

/** Messages by conversation and seq, for replays. */
export async function readMessages(
  sql: Sql,
  keys: readonly { conversationId: string; seq: number }[],
): Promise<MessageRow[]> {
  if (keys.length === 0) return [];
  return await sql`
    select ${messageColumns(sql)}
    from unnest(${plainArray(keys.map((key) => key.conversationId))}::uuid[], ${plainArray(keys.map((key) => key.seq))}::int8[])
      as k(conversation_id, seq)
    join messages m on m.conversation_id = k.conversation_id and m.seq = k.seq`;
}
