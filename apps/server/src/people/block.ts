import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Sql } from "../db/sql.ts";
import type { Refusal } from "../errors.ts";
import { countOwnChange, ownNews, type OwnNews, type OwnRow } from "../fanout/own-devices.ts";
import { followPage } from "./follow.ts";

/**
 * Block (R5). One transaction: the pair's lock keeps a first message from slipping past (it takes the same one), and the
 * conversation's new policy revision makes every send decide again whose facts were read before this commit (T8).
 * Follows stay as they are on both sides, for their vanishing would tell a block from a closed setting.
 * Null when there is no such person.
 */
export async function block(
  { sql, hideRequest }: BlockDeps,
  blockerId: string,
  blockedId: string,
): Promise<BlockDone | null> {
  return await sql.begin(async (tx) => {
    const people = await tx`select 1 from people where id = ${blockedId} and id <> ${blockerId}`;
    if (people.length === 0) return null;
    await lockPair(tx, blockerId, blockedId);
    await tx`
      insert into blocks (blocker_id, blocked_id, created_at) values (${blockerId}, ${blockedId}, now())
      on conflict do nothing`;
    const conversationId = await bumpPolicy(tx, blockerId, blockedId);
    if (conversationId === null) return { news: null };
    const hidden = await hideRequest(tx, { receiverId: blockerId, conversationId });
    return { news: hidden ?? (await countInInbox(tx, blockerId, conversationId)) };
  });
}

export interface BlockDeps {
  sql: Sql;
  /** A request of the blocked one's goes from the blocker's folder; given by `requests/`. */
  hideRequest: (tx: Sql, request: { receiverId: string; conversationId: string }) => Promise<OwnNews | null>;
}

export interface BlockDone {
  /** What changed in the blocker's inbox: what a blocked person wrote is not unread (R16). */
  news: OwnNews | null;
}

/** Nothing is delivered late: what was refused was never stored. */
export async function unblock(sql: Sql, blockerId: string, blockedId: string): Promise<BlockDone> {
  return await sql.begin(async (tx) => {
    await lockPair(tx, blockerId, blockedId);
    const removed =
      await tx`delete from blocks where blocker_id = ${blockerId} and blocked_id = ${blockedId} returning 1`;
    const conversationId = removed.length === 0 ? null : await bumpPolicy(tx, blockerId, blockedId);
    return { news: conversationId === null ? null : await countInInbox(tx, blockerId, conversationId) };
  });
}

/** The unread count changed: the blocker's devices learn it by their cursor (R15). */
async function countInInbox(tx: Sql, personId: string, conversationId: string): Promise<OwnNews | null> {
  const counter = await countOwnChange(tx, personId);
  const [row]: OwnRow[] = await tx`
    update inbox set counter = ${counter} where person_id = ${personId} and conversation_id = ${conversationId}
    returning counter::float8 as counter, change::float8 as change, last_seq::float8 as last_seq, read_seq::float8 as read_seq`;
  return row ? ownNews(conversationId, row, true) : null;
}

/** Held until the transaction ends by whatever changes or uses the relation of two people. */
export async function lockPair(tx: Sql, oneId: string, otherId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${pairKey(oneId, otherId)}, 0))`;
}

/** One person's pairs with each of the others, in the order of their keys, so that two who lock many never wait in a circle. */
export async function lockPairs(tx: Sql, oneId: string, otherIds: readonly string[]): Promise<void> {
  const keys = otherIds.map((otherId) => pairKey(oneId, otherId)).toSorted();
  await tx`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${tx.array(keys, "TEXT")}) as k(key)`;
}

function pairKey(oneId: string, otherId: string): string {
  const [low, high] = oneId < otherId ? [oneId, otherId] : [otherId, oneId];
  return `pair:${low}:${high}`;
}

/** The pair's conversation, at a new revision; null when there is none. */
async function bumpPolicy(tx: Sql, oneId: string, otherId: string): Promise<string | null> {
  const [low, high] = oneId < otherId ? [oneId, otherId] : [otherId, oneId];
  const [row] = await tx`
    update conversations set policy_rev = policy_rev + 1 where low_id = ${low} and high_id = ${high} returning id`;
  return row?.id ?? null;
}

export async function listBlocks(
  sql: Sql,
  blockerId: string,
  page: { cursor?: string | undefined; limit?: number | undefined },
): Promise<CommandOutput<"blocks.list"> | Refusal> {
  return await followPage(
    page,
    async (after, limit) =>
      sql`
      select p.id, p.username, p.name, p.picture_media_id, m.placeholder, to_char(b.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from blocks b join people p on p.id = b.blocked_id left join media m on m.id = p.picture_media_id
      where b.blocker_id = ${blockerId} and (b.created_at, b.blocked_id) < (${after.at}, ${after.id})
      order by b.created_at desc, b.blocked_id desc limit ${limit}`,
  );
}
