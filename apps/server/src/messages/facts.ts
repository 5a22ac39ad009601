import {
  mayMessage,
  type MessageDecision,
  type MessageFacts,
  type RequestRules,
  type Standing,
} from "@sotto/domain/may-message.ts";
import type { Setting } from "@sotto/domain/may-message.ts";
import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";

/** What one send asks about. */
export interface FactsKey {
  conversationId: string;
  senderId: string;
}

/** Everything a decision needs, read after the send arrived, in one query for the whole batch. */
export interface SendFacts {
  conversationId: string;
  /** A send commits only while this still stands (T8). */
  policyRev: number;
  /** Who gets it, the sender included. */
  memberIds: readonly string[];
  receiverId: string | null;
  /** In a group: the sender was added and has not accepted yet (R7). */
  invited: boolean;
  relation: Omit<MessageFacts, "textOnly"> | null;
  /** New messages disappear after so long (C19); null: they stay. */
  disappearAfterSeconds: number | null;
}

/**
 * In the order of `keys`; null where the sender is not in such a conversation (T1). One row for each conversation, whoever of
 * it sends. Subqueries instead of `exists`: those became hashes of the whole table of follows.
 * What is rare comes as one jsonb, null otherwise: 21 columns a row cost the runtime more than the database.
 */
export async function readFacts(sql: Sql, keys: readonly FactsKey[]): Promise<(SendFacts | null)[]> {
  const ids = [...new Set(keys.map((key) => key.conversationId))];
  const found = new Map<string, FactsRow>();
  for (const row of await readRows(sql, ids)) found.set(ids[row.n - 1] ?? "", row);
  return keys.map((key) => {
    const row = found.get(key.conversationId);
    return row ? toFacts(row, key) : null;
  });
}

async function readRows(sql: Sql, conversationIds: readonly string[]): Promise<FactsRow[]> {
  return await sql`
    select i.n::int4 as n, c.policy_rev::float8 as policy_rev, c.low_id, c.high_id,
      l.who_may_message as low_setting, h.who_may_message as high_setting,
      (case when c.state = 'accepted' then 1 else 0 end)
        + (case when l.keep_accepted_open then 2 else 0 end)
        + (case when h.keep_accepted_open then 4 else 0 end)
        + (case when (select true from follows f where f.follower_id = l.id and f.followed_id = h.id)
            and (select true from follows f where f.follower_id = h.id and f.followed_id = l.id) then 8 else 0 end)
        + (case when (select true from blocks b where b.blocker_id = l.id and b.blocked_id = h.id) then 16 else 0 end)
        + (case when (select true from blocks b where b.blocker_id = h.id and b.blocked_id = l.id) then 32 else 0 end) as bits,
      case when c.kind = 'group' or c.state = 'request' or c.disappear_after_seconds is not null then jsonb_build_object(
        'disappearAfterSeconds', c.disappear_after_seconds,
        'requestedBy', c.requested_by, 'requestedAtMs', floor(extract(epoch from c.requested_at) * 1000),
        'declined', c.declined_at is not null,
        'invited', array(select m.person_id from members m where m.conversation_id = c.id and m.left_at is null
          and m.invited_by is not null),
        'members', array(select m.person_id from members m where m.conversation_id = c.id and m.left_at is null)) end as rare
    from unnest(${plainArray(conversationIds)}::uuid[]) with ordinality as i(id, n)
    join conversations c on c.id = i.id
    left join people l on l.id = c.low_id
    left join people h on h.id = c.high_id`;
}

/** Membership decides in a group, and answering accepts an invitation (R1, R7); the policy of the two in a direct conversation. */
export function decide(
  facts: SendFacts,
  options: { textOnly: boolean; rules: RequestRules; nowMs: number },
): MessageDecision {
  if (!facts.relation) return { allowed: true, as: facts.invited ? "acceptance" : "message" };
  return mayMessage({ ...facts.relation, textOnly: options.textOnly }, options.rules, options.nowMs);
}

/** Null for whoever is not in it. */
function toFacts(row: FactsRow, { conversationId, senderId }: FactsKey): SendFacts | null {
  const { policy_rev: policyRev, rare } = row;
  const disappearAfterSeconds = rare?.disappearAfterSeconds ?? null;
  if (row.low_id === null) {
    const memberIds = rare?.members ?? [];
    if (!memberIds.includes(senderId)) return null;
    const invited = rare?.invited.includes(senderId) ?? false;
    return { conversationId, policyRev, memberIds, receiverId: null, invited, relation: null, disappearAfterSeconds };
  }
  if (senderId !== row.low_id && senderId !== row.high_id) return null;
  const receiverId = senderId === row.low_id ? row.high_id : row.low_id;
  if (receiverId === null) return null;
  const memberIds = [senderId, receiverId];
  const relation = toRelation(row, senderId);
  return { conversationId, policyRev, memberIds, receiverId, invited: false, relation, disappearAfterSeconds };
}

/** The row speaks of the lower and the higher id; a decision, of the sender and the receiver. */
function toRelation(row: FactsRow, senderId: string): SendFacts["relation"] {
  const { bits } = row;
  const low = { setting: row.low_setting ?? "no_one", keepAcceptedOpen: (bits & 2) !== 0 };
  const high = { setting: row.high_setting ?? "no_one", keepAcceptedOpen: (bits & 4) !== 0 };
  const [lowBlocks, highBlocks] = [(bits & 16) !== 0, (bits & 32) !== 0];
  const lowSends = senderId === row.low_id;
  return {
    sender: lowSends ? low : high,
    receiver: lowSends ? high : low,
    friends: (bits & 8) !== 0,
    senderBlocksReceiver: lowSends ? lowBlocks : highBlocks,
    receiverBlocksSender: lowSends ? highBlocks : lowBlocks,
    standing: toStanding((bits & 1) !== 0, row.rare, senderId),
  };
}

function toStanding(accepted: boolean, rare: RareFacts | null, senderId: string): Standing {
  if (accepted || !rare) return { is: "accepted" };
  if (rare.requestedBy === senderId) return { is: "requested_by_sender", atMs: rare.requestedAtMs ?? 0 };
  return { is: "requested_by_receiver", declined: rare.declined };
}

interface FactsRow {
  n: number;
  policy_rev: number;
  /** The two of a direct conversation; null in a group. */
  low_id: string | null;
  high_id: string | null;
  low_setting: Setting | null;
  high_setting: Setting | null;
  /** 1 accepted, 2 the lower keeps accepted open, 4 the higher does, 8 friends, 16 the lower blocks, 32 the higher does. */
  bits: number;
  rare: RareFacts | null;
}

interface RareFacts {
  requestedBy: string | null;
  requestedAtMs: number | null;
  declined: boolean;
  /** Those of the members who have not accepted yet (R7). */
  invited: string[];
  members: string[];
  disappearAfterSeconds: number | null;
}
