import type { MessageDecision, RequestRules } from "@sotto/domain/may-message.ts";
import { sqlState, type Sql } from "../db/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Limit } from "../limits.ts";
import { lockPairs } from "../people/block.ts";
import { mayInvite } from "./may-invite.ts";
import { findCreated, insertGroup, type NewGroup } from "./store.ts";

export interface CreateDeps {
  sql: Sql;
  inbox: InboxFlush;
  limit: Limit;
  rules: RequestRules;
  nowMs: () => number;
  /** The key of fingerprints. */
  secret: string;
}

export interface GroupAsked {
  creatorId: string;
  clientId: string;
  personIds: readonly string[];
}

/**
 * Makes a group, or nothing at all: replay → limit → facts → decide → commit. Answers its id. The same client id with the
 * same people answers the same group, before any limit or block is looked at (R13).
 */
export async function createGroup(deps: CreateDeps, asked: GroupAsked): Promise<string | Refusal> {
  const self = asked.personIds.indexOf(asked.creatorId);
  if (self >= 0) return refuse("invalid", { detail: "You are in it yourself.", pointer: `/personIds/${self}` });
  const replayed = await answerReplay(deps, asked);
  if (replayed !== null) return replayed;
  const limited = await deps.limit("createGroup", asked.creatorId);
  if (limited) return limited;
  const group = { id: Bun.randomUUIDv7(), fingerprint: fingerprintOf(deps.secret, asked), ...asked };
  const made = await deps.inbox.touchIfLost([group.id], async () => await commit(deps, group));
  if (made === "taken") return (await answerReplay(deps, asked)) ?? refuse("unavailable");
  if (made instanceof Refusal) return made;
  deps.inbox.touch(group.id, { stale: true });
  return group.id;
}

/** The locks of the pairs keep a block from slipping in between the facts and the commit (T8). */
async function commit({ sql, rules, nowMs }: CreateDeps, group: NewGroup): Promise<Refusal | "taken" | null> {
  try {
    return await sql.begin(async (tx) => {
      await lockPairs(tx, group.creatorId, group.personIds);
      const decisions = await mayInvite(tx, group.creatorId, group.personIds, { rules, nowMs: nowMs() });
      const place = decisions.findIndex((decision) => !isInvited(decision));
      const refused = decisions[place];
      if (refused) return toRefusal(refused, place);
      await insertGroup(tx, group);
      return null;
    });
  } catch (error) {
    if (sqlState(error) === "23505") return "taken";
    throw error;
  }
}

/** Who could be sent a request, or whose answer would accept one, is not invited past it: there is no side door. */
function isInvited(decision: MessageDecision): boolean {
  return decision.allowed && decision.as === "message";
}

/** One's own block and setting may be named; everything about the other person is one answer (R5, R27). */
function toRefusal(decision: MessageDecision, place: number): Refusal {
  const own =
    !decision.allowed && (decision.code === "blocked_by_you" || decision.code === "own_setting_closed")
      ? decision.code
      : "not_accepting";
  return refuse(own, { pointer: `/personIds/${place}` });
}

async function answerReplay(deps: CreateDeps, asked: GroupAsked): Promise<string | Refusal | null> {
  const earlier = await findCreated(deps.sql, asked.creatorId, asked.clientId);
  if (earlier === null) return null;
  if (earlier.fingerprint !== fingerprintOf(deps.secret, asked))
    return refuse("conflict", { detail: "This client id was used for another group.", pointer: "/clientId" });
  // It is asked for again because its answer was lost, and perhaps the news of it with that.
  deps.inbox.touch(earlier.conversationId, { stale: true });
  return earlier.conversationId;
}

/** Keyed, so that the database alone does not tell who was in a group that they left. Hex, 128 bits. */
function fingerprintOf(secret: string, { personIds }: Pick<GroupAsked, "personIds">): string {
  return new Bun.CryptoHasher("sha256", secret).update(personIds.toSorted().join(",")).digest("hex").slice(0, 32);
}
