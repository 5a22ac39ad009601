import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import {
  entriesOf,
  indexedColumns,
  insertTerms,
  lockKey,
  lockSpace,
  type Entry,
  type IndexedMessage,
  type ScopedConversation,
} from "./entries.ts";

export interface BatchResult {
  messages: number;
  /** Conversations that have more, or that somebody else holds at the moment. */
  left: string[];
}

const messagesPerBatch = 64;
/** Whoever takes a message back waits for the batch (lock_timeout is 500 ms). */
const textUnitsPerBatch = 100_000;
const entriesPerBatch = 2_000;

/**
 * Brings these conversations' terms up to the log, as far as one small batch goes. Each conversation is taken by a lock that
 * another node's batch, an unsend or an edit holds as well, and read after that: what is read here stays as it is until the
 * commit. Whoever cannot have the lock at once leaves the conversation for later, and nothing is indexed twice.
 */
export async function indexBatch(sql: Sql, conversationIds: readonly string[]): Promise<BatchResult> {
  return await sql.begin(async (tx) => {
    const taken = await takeLocks(tx, conversationIds);
    const held = conversationIds.filter((id) => !taken.includes(id));
    if (taken.length === 0) return { messages: 0, left: held };
    const conversations: Behind[] = await tx`
      select c.id, c.kind, c.low_id, c.high_id, c.last_seq::float8 as last_seq, coalesce(p.indexed_seq, 0)::float8 as indexed_seq
      from unnest(${plainArray(taken)}::uuid[]) as t(id) join conversations c on c.id = t.id
      left join search_progress p on p.conversation_id = c.id`;
    const behind = conversations.filter((one) => one.indexed_seq < one.last_seq);
    if (behind.length === 0) return { messages: 0, left: held };
    const read = await readMessages(tx, behind);
    const byId = new Map(behind.map((one) => [one.id, one]));
    const { entries, done } = await uptoBatchSize(read, byId);
    await insertTerms(tx, entries);
    await writeScopes(tx, behind);
    await writeProgress(tx, done);
    const more = behind.filter((one) => (done.get(one.id) ?? one.indexed_seq) < one.last_seq).map((one) => one.id);
    return { messages: read.length, left: [...held, ...more] };
  });
}

interface Behind extends ScopedConversation {
  last_seq: number;
  indexed_seq: number;
}

interface ReadMessage extends IndexedMessage {
  /** A tombstone, or one that is shown once: there is nothing of it to find. */
  nothing: boolean;
}

async function takeLocks(tx: Sql, ids: readonly string[]): Promise<string[]> {
  const keys = ids.map(lockKey);
  const rows: { id: string }[] = await tx`
    select t.id from unnest(${plainArray(ids)}::uuid[], ${plainArray(keys)}::int4[]) as t(id, key)
    where pg_try_advisory_xact_lock(${lockSpace}::int4, t.key)`;
  return rows.map((row) => row.id);
}

async function readMessages(tx: Sql, behind: readonly Behind[]): Promise<ReadMessage[]> {
  return await tx`
    select found.* from unnest(${plainArray(behind.map((one) => one.id))}::uuid[], ${plainArray(behind.map((one) => one.indexed_seq))}::int8[])
      with ordinality as t(id, after, n)
    cross join lateral (
      select ${indexedColumns(tx)}, m.unsent_at is not null or (m.extras -> 'viewOnce') is not null as nothing
      from messages m where m.conversation_id = t.id and m.seq > t.after
      order by m.seq limit ${messagesPerBatch}) as found
    order by t.n, found.seq limit ${messagesPerBatch}`;
}

const breathMs = 8;

/**
 * At least one message; the rest of what was read waits when the terms are many. The longest text takes some 40 ms: between two
 * texts everybody else gets their turn (T28).
 */
async function uptoBatchSize(read: readonly ReadMessage[], conversations: ReadonlyMap<string, Behind>) {
  const entries: Entry[] = [];
  const done = new Map<string, number>();
  let units = 0;
  let beganMs = performance.now();
  for (const message of read) {
    if (performance.now() - beganMs > breathMs) {
      await new Promise<void>((next) => setImmediate(next));
      beganMs = performance.now();
    }
    units += message.text.length;
    if (done.size > 0 && (units > textUnitsPerBatch || entries.length > entriesPerBatch)) break;
    if (!message.nothing) entries.push(...entriesOf([message], conversations));
    done.set(message.conversation_id, message.seq);
  }
  return { entries, done };
}

/** Whoever was invited or joined since the last message is in here before they can be shown one. */
async function writeScopes(tx: Sql, behind: readonly Behind[]): Promise<void> {
  const groups = behind.filter((one) => one.kind === "group").map((one) => one.id);
  if (groups.length === 0) return;
  await tx`
    insert into search_scopes (person_id, scope_id)
    select m.person_id, m.conversation_id from members m
    where m.conversation_id = any(${plainArray(groups)}::uuid[]) and m.left_at is null
      and not exists (select 1 from search_scopes s where s.person_id = m.person_id and s.scope_id = m.conversation_id)
    order by 1, 2 on conflict do nothing`;
}

async function writeProgress(tx: Sql, done: ReadonlyMap<string, number>): Promise<void> {
  await tx`
    insert into search_progress (conversation_id, indexed_seq)
    select * from unnest(${plainArray([...done.keys()])}::uuid[], ${plainArray([...done.values()])}::int8[])
    on conflict (conversation_id) do update set indexed_seq = excluded.indexed_seq`;
}
