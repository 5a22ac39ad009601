import {
  mayMessage,
  type MessageDecision,
  type MessageFacts,
  type RequestRules,
  type Standing,
} from "@sotto/domain/may-message.ts";
import type { Setting } from "@sotto/domain/may-message.ts";
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
  memberIds: string[];
  receiverId: string | null;
  /** In a group: the sender was added and has not accepted yet (R7). */
  invited: boolean;
  relation: Omit<MessageFacts, "textOnly"> | null;
}

/**
 * In the order of `keys`; null where the sender is not in such a conversation (T1). Sends of one person into one
 * conversation share their row. Subqueries instead of `exists`: those became hashes of the whole table of follows.
 * What is rare comes as one jsonb, null otherwise: 21 columns a row cost the runtime more than the database.
 */
export async function readFacts(sql: Sql, keys: readonly FactsKey[]): Promise<(SendFacts | null)[]> {
  const asked = groupKeys(keys);
  const found = new Map((await readRows(sql, asked)).map((row) => [row.n - 1, row]));
  return keys.map((key) => {
    const row = found.get(asked.placeOf(key));
    return row ? toFacts(row, key) : null;
  });
}

/** The different (conversation, sender) pairs among the keys, and where each key's is. */
function groupKeys(keys: readonly FactsKey[]) {
  const places = new Map<string, number>();
  const [conversationIds, senderIds]: [string[], string[]] = [[], []];
  for (const { conversationId, senderId } of keys) {
    const name = conversationId + senderId;
    if (places.has(name)) continue;
    places.set(name, places.size);
    conversationIds.push(conversationId);
    senderIds.push(senderId);
  }
  return {
    conversationIds,
    senderIds,
    placeOf: ({ conversationId, senderId }: FactsKey) => places.get(conversationId + senderId) ?? -1,
  };
}

async function readRows(sql: Sql, asked: { conversationIds: string[]; senderIds: string[] }): Promise<FactsRow[]> {
  return await sql`
    select i.n::int4 as n, c.policy_rev::float8 as policy_rev, r.id as receiver_id,
      s.who_may_message as sender_setting, r.who_may_message as receiver_setting,
      (case when c.state = 'accepted' then 1 else 0 end)
        + (case when s.keep_accepted_open then 2 else 0 end)
        + (case when r.keep_accepted_open then 4 else 0 end)
        + (case when (select true from follows f where f.follower_id = i.sender_id and f.followed_id = r.id)
            and (select true from follows f where f.follower_id = r.id and f.followed_id = i.sender_id) then 8 else 0 end)
        + (case when (select true from blocks b where b.blocker_id = i.sender_id and b.blocked_id = r.id) then 16 else 0 end)
        + (case when (select true from blocks b where b.blocker_id = r.id and b.blocked_id = i.sender_id) then 32 else 0 end) as bits,
      case when c.kind = 'group' or c.state = 'request' then jsonb_build_object(
        'requestedBy', c.requested_by, 'requestedAtMs', floor(extract(epoch from c.requested_at) * 1000),
        'declined', c.declined_at is not null, 'invited', g.invited_by is not null,
        'members', array(select m.person_id from members m where m.conversation_id = c.id and m.left_at is null)) end as rare
    from unnest(${sql.array(asked.conversationIds, "UUID")}, ${sql.array(asked.senderIds, "UUID")})
      with ordinality as i(conversation_id, sender_id, n)
    join conversations c on c.id = i.conversation_id
    join people s on s.id = i.sender_id
    left join people r on r.id = case when c.low_id = i.sender_id then c.high_id when c.high_id = i.sender_id then c.low_id end
    left join members g on g.conversation_id = case when c.kind = 'group' then c.id end and g.person_id = i.sender_id and g.left_at is null
    where r.id is not null or g.person_id is not null`;
}

/** Membership decides in a group, and answering accepts an invitation (R1, R7); the policy of the two in a direct conversation. */
export function decide(
  facts: SendFacts,
  options: { textOnly: boolean; rules: RequestRules; nowMs: number },
): MessageDecision {
  if (!facts.relation) return { allowed: true, as: facts.invited ? "acceptance" : "message" };
  return mayMessage({ ...facts.relation, textOnly: options.textOnly }, options.rules, options.nowMs);
}

function toFacts(row: FactsRow, key: FactsKey): SendFacts {
  const { receiver_id: receiverId, rare } = row;
  return {
    conversationId: key.conversationId,
    policyRev: row.policy_rev,
    memberIds: receiverId === null ? (rare?.members ?? []) : [key.senderId, receiverId],
    receiverId,
    invited: receiverId === null && (rare?.invited ?? false),
    relation: receiverId === null ? null : toRelation(row, key.senderId),
  };
}

function toRelation({ bits, rare, ...row }: FactsRow, senderId: string): SendFacts["relation"] {
  return {
    sender: { setting: row.sender_setting, keepAcceptedOpen: (bits & 2) !== 0 },
    receiver: { setting: row.receiver_setting ?? "no_one", keepAcceptedOpen: (bits & 4) !== 0 },
    friends: (bits & 8) !== 0,
    senderBlocksReceiver: (bits & 16) !== 0,
    receiverBlocksSender: (bits & 32) !== 0,
    standing: toStanding((bits & 1) !== 0, rare, senderId),
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
  receiver_id: string | null;
  sender_setting: Setting;
  receiver_setting: Setting | null;
  /** 1 accepted, 2 sender keeps accepted open, 4 receiver does, 8 friends, 16 sender blocks, 32 receiver blocks. */
  bits: number;
  rare: RareFacts | null;
}

interface RareFacts {
  requestedBy: string | null;
  requestedAtMs: number | null;
  declined: boolean;
  invited: boolean;
  members: string[];
}
