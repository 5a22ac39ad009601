import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Sql } from "../db/sql.ts";
import type { Refusal } from "../errors.ts";
import { followPage } from "./follow.ts";

/**
 * Block (R5). One transaction: the pair's lock keeps a first message from slipping past (it takes the same one), and the
 * conversation's new policy revision makes every send decide again whose facts were read before this commit (T8).
 * The blocker stops following; what the blocked one follows stays as it is, for its vanishing would tell.
 * False when there is no such person.
 */
export async function block({ sql, hideRequest }: BlockDeps, blockerId: string, blockedId: string): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const people = await tx`select 1 from people where id = ${blockedId} and id <> ${blockerId}`;
    if (people.length === 0) return false;
    await lockPair(tx, blockerId, blockedId);
    await tx`
      insert into blocks (blocker_id, blocked_id, created_at) values (${blockerId}, ${blockedId}, now())
      on conflict do nothing`;
    await tx`delete from follows where follower_id = ${blockerId} and followed_id = ${blockedId}`;
    const conversationId = await bumpPolicy(tx, blockerId, blockedId);
    if (conversationId !== null) await hideRequest(tx, { receiverId: blockerId, conversationId });
    return true;
  });
}

export interface BlockDeps {
  sql: Sql;
  /** A request of the blocked one's goes from the blocker's folder; given by `requests/`. */
  hideRequest: (tx: Sql, request: { receiverId: string; conversationId: string }) => Promise<unknown>;
}

/** Nothing is delivered late: what was refused was never stored. */
export async function unblock(sql: Sql, blockerId: string, blockedId: string): Promise<void> {
  await sql`delete from blocks where blocker_id = ${blockerId} and blocked_id = ${blockedId}`;
}

/** Held until the transaction ends by whatever changes or uses the relation of two people. */
export async function lockPair(tx: Sql, oneId: string, otherId: string): Promise<void> {
  const [low, high] = oneId < otherId ? [oneId, otherId] : [otherId, oneId];
  await tx`select pg_advisory_xact_lock(hashtextextended(${`pair:${low}:${high}`}, 0))`;
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
  return await followPage(page, async (after, limit) =>
    sql`
      select p.id, p.username, p.name, p.picture_media_id, m.placeholder, b.created_at
      from blocks b join people p on p.id = b.blocked_id left join media m on m.id = p.picture_media_id
      where b.blocker_id = ${blockerId} and (b.created_at, b.blocked_id) < (${after.at}, ${after.id})
      order by b.created_at desc, b.blocked_id desc limit ${limit}`,
  );
}
