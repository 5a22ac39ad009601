import { mayMessage, type MessageFacts, type Setting } from "@sotto/domain/may-message.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import { lockPair } from "../people/block.ts";
import { fingerprint } from "./fingerprint.ts";
import { holdMedia, writeSingle, type Written } from "./commit-single.ts";
import { toRefusal } from "./refusals.ts";
import { announceSingle, noSuchPhoto } from "./send-single.ts";
import { readForwarded, readSaid, saysTextOnly } from "./said.ts";
import type { Send, SendDeps } from "./sending.ts";

export interface FirstDeps extends SendDeps {
  strangersPerDay: number;
}

export interface FirstSend extends Omit<Send, "conversationId"> {
  personId: string;
}

/** Where two people's direct conversation is, if there is one. */
export async function findDirect(sql: Sql, oneId: string, otherId: string): Promise<string | null> {
  const [low, high] = inOrder(oneId, otherId);
  const [row] = await sql`select id from conversations where low_id = ${low} and high_id = ${high}`;
  return row?.id ?? null;
}

/**
 * The first message between two people makes their conversation, or a request (R3), in one transaction under the pair's
 * lock. Answers the conversation's id instead when somebody else made it meanwhile.
 */
export async function sendFirst(deps: FirstDeps, first: FirstSend): Promise<Message | Refusal | { exists: string }> {
  const limited = await deps.limit("send", first.senderId);
  if (limited) return limited;
  const outcome = await deps.sql.begin(async (tx) => {
    await lockPair(tx, first.senderId, first.personId);
    const exists = await findDirect(tx, first.senderId, first.personId);
    return exists === null ? await writeFirst(tx, deps, first) : { exists };
  });
  if (outcome instanceof Refusal || "exists" in outcome) return outcome;
  const { send, written } = outcome;
  return await deps.inbox.touchIfLost([send.conversationId], async () => await announceSingle(deps, send, written));
}

async function writeFirst(
  tx: Sql,
  deps: FirstDeps,
  first: FirstSend,
): Promise<Refusal | { send: Send; written: Written }> {
  const facts = await readPairFacts(tx, first.senderId, first.personId);
  const forwarded = await readForwarded(tx, first);
  if (forwarded instanceof Refusal) return forwarded;
  const decision = mayMessage({ ...facts, textOnly: saysTextOnly(first, forwarded) }, deps.rules, deps.nowMs());
  if (!decision.allowed) return toRefusal(decision);
  const request = decision.as === "request";
  const limited = request ? await strangersLimit(tx, deps, first.senderId) : null;
  if (limited) return limited;
  if (!(await holdMedia(tx, first))) return noSuchPhoto();
  // Before the conversation is made: what is refused leaves none behind.
  const memberIds = [first.senderId, first.personId];
  const said = await readSaid(tx, deps, { ...first, conversationId: null }, { forwarded, memberIds, request });
  if (said instanceof Refusal) return said;
  const now = new Date(deps.nowMs());
  const send = { ...first, conversationId: await createDirect(tx, first, { request, now }) };
  const to = {
    conversationId: send.conversationId,
    memberIds,
    receiverId: first.personId,
    disappearAfterSeconds: null,
  };
  const print = fingerprint(deps.secret, first);
  return {
    send,
    written: { ...(await writeSingle(tx, { send, said, to, print, as: decision.as, now })), stale: true },
  };
}

/**
 * What `mayMessage` needs about two people without a conversation. Nobody is somebody who accepts nothing: who is not there
 * goes through the same decision and looks the same (R27).
 */
export async function readPairFacts(
  sql: Sql,
  senderId: string,
  receiverId: string,
): Promise<Omit<MessageFacts, "textOnly">> {
  const [row]: PairRow[] = await sql`
    select s.who_may_message as sender_setting, s.keep_accepted_open as sender_keeps,
      r.who_may_message as receiver_setting, r.keep_accepted_open as receiver_keeps,
      exists (select 1 from follows f where f.follower_id = s.id and f.followed_id = r.id)
        and exists (select 1 from follows f where f.follower_id = r.id and f.followed_id = s.id) as friends,
      exists (select 1 from blocks b where b.blocker_id = s.id and b.blocked_id = r.id) as sender_blocks,
      exists (select 1 from blocks b where b.blocker_id = r.id and b.blocked_id = s.id) as receiver_blocks
    from people s left join people r on r.id = ${receiverId} and r.id <> s.id where s.id = ${senderId}`;
  if (!row) throw new Error("a sender without a person");
  return {
    sender: { setting: row.sender_setting, keepAcceptedOpen: row.sender_keeps },
    receiver: { setting: row.receiver_setting ?? "no_one", keepAcceptedOpen: row.receiver_keeps ?? false },
    friends: row.friends,
    senderBlocksReceiver: row.sender_blocks,
    receiverBlocksSender: row.receiver_blocks,
    standing: { is: "none" },
  };
}

/**
 * C39: how many strangers one may write to in a day, counted from what was stored. Under a lock of the sender's until the
 * commit: sixty at once passed a limit of twenty by four.
 */
async function strangersLimit(tx: Sql, deps: FirstDeps, senderId: string): Promise<Refusal | null> {
  // After the pair's lock, always: first contacts of one sender count one after the other.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`strangers:${senderId}`}, 0))`;
  const rows: { requested_at: Date }[] = await tx`
    select requested_at from conversations
    where requested_by = ${senderId} and requested_at > now() - interval '1 day'
    order by requested_at desc limit ${deps.strangersPerDay}`;
  if (rows.length < deps.strangersPerDay) return null;
  const oldest = rows.at(-1)?.requested_at.getTime() ?? Date.now();
  return refuse("rate_limited", {
    detail: `You may write to ${deps.strangersPerDay} new people a day.`,
    retryAt: new Date(oldest + 24 * 3_600_000),
  });
}

/** An empty conversation of the two, in both inboxes; the message that follows puts a request where it belongs. */
async function createDirect(tx: Sql, send: FirstSend, options: { request: boolean; now: Date }): Promise<string> {
  const [low, high] = inOrder(send.senderId, send.personId);
  const { request, now } = options;
  const id = Bun.randomUUIDv7();
  await tx`
    insert into conversations (id, kind, low_id, high_id, state, requested_by, requested_at, created_at)
    values (${id}, 'direct', ${low}, ${high}, ${request ? "request" : "accepted"}, ${request ? send.senderId : null},
      ${request ? now : null}, ${now})`;
  for (const personId of [low, high]) {
    await tx`insert into members (conversation_id, person_id, joined_at) values (${id}, ${personId}, ${now})`;
    await tx`
      insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
      values (${personId}, ${id}, 'inbox', 0, 0, 0, ${now})`;
  }
  return id;
}

function inOrder(oneId: string, otherId: string): [string, string] {
  return oneId < otherId ? [oneId, otherId] : [otherId, oneId];
}

interface PairRow {
  sender_setting: Setting;
  sender_keeps: boolean;
  receiver_setting: Setting | null;
  receiver_keeps: boolean | null;
  friends: boolean;
  sender_blocks: boolean;
  receiver_blocks: boolean;
}
