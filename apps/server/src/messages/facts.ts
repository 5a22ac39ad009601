import { mayMessage, type MessageDecision, type MessageFacts, type RequestRules, type Standing } from "@sotto/domain/may-message.ts";
import type { Setting } from "@sotto/domain/may-message.ts";
import type { Sql } from "../db/sql.ts";

/** What one send asks about: a conversation the sender is in, and whether the client's id was seen there before. */
export interface FactsKey {
  conversationId: string;
  senderId: string;
  clientId: string;
}

/** Everything a decision needs, read after the send arrived, in one query for the whole batch. */
export interface SendFacts {
  conversationId: string;
  kind: "direct" | "group";
  /** A send commits only while this still stands (T8). */
  policyRev: number;
  /** Who gets it, the sender included. */
  memberIds: string[];
  receiverId: string | null;
  relation: Omit<MessageFacts, "textOnly"> | null;
  /** An earlier message with this client id (R13). */
  earlier: { seq: number; fingerprint: string | null; unsent: boolean } | null;
}

/**
 * In the order of `keys`; null where the sender is not in such a conversation (T1). Subqueries instead of `exists`: those
 * became hashes of the whole table of follows.
 */
export async function readFacts(sql: Sql, keys: readonly FactsKey[]): Promise<(SendFacts | null)[]> {
  const rows: FactsRow[] = await sql`
    select i.n::int as n, c.id, c.kind, c.state, c.requested_by, c.requested_at, c.declined_at is not null as declined,
      c.policy_rev::float8 as policy_rev, c.low_id, c.high_id,
      case when c.kind = 'group' then array(
        select m.person_id from members m where m.conversation_id = c.id and m.left_at is null) end as group_members,
      s.who_may_message as sender_setting, s.keep_accepted_open as sender_keeps,
      r.id as receiver_id, r.who_may_message as receiver_setting, r.keep_accepted_open as receiver_keeps,
      (select true from follows f where f.follower_id = i.sender_id and f.followed_id = r.id) is true
        and (select true from follows f where f.follower_id = r.id and f.followed_id = i.sender_id) is true as friends,
      (select true from blocks b where b.blocker_id = i.sender_id and b.blocked_id = r.id) is true as sender_blocks,
      (select true from blocks b where b.blocker_id = r.id and b.blocked_id = i.sender_id) is true as receiver_blocks,
      e.seq::float8 as earlier_seq, e.fingerprint as earlier_fingerprint, e.unsent_at is not null as earlier_unsent
    from unnest(
        ${sql.array(keys.map((key) => key.conversationId), "UUID")},
        ${sql.array(keys.map((key) => key.senderId), "UUID")},
        ${sql.array(keys.map((key) => key.clientId), "TEXT")})
      with ordinality as i(conversation_id, sender_id, client_id, n)
    join conversations c on c.id = i.conversation_id
    join people s on s.id = i.sender_id
    left join people r on r.id = case when c.low_id = i.sender_id then c.high_id when c.high_id = i.sender_id then c.low_id end
    left join members g on g.conversation_id = case when c.kind = 'group' then c.id end and g.person_id = i.sender_id and g.left_at is null
    left join messages e on e.conversation_id = i.conversation_id and e.sender_id = i.sender_id and e.client_id = i.client_id
    where r.id is not null or g.person_id is not null`;
  const found: (SendFacts | null)[] = keys.map(() => null);
  for (const row of rows) {
    const key = keys[row.n - 1];
    if (key) found[row.n - 1] = toFacts(row, key.senderId);
  }
  return found;
}

/** Membership decides in a group (R1); the policy of the two in a direct conversation. */
export function decide(
  facts: SendFacts,
  options: { textOnly: boolean; rules: RequestRules; nowMs: number },
): MessageDecision {
  if (!facts.relation) return { allowed: true, as: "message" };
  return mayMessage({ ...facts.relation, textOnly: options.textOnly }, options.rules, options.nowMs);
}

function toFacts(row: FactsRow, senderId: string): SendFacts {
  return {
    conversationId: row.id,
    kind: row.kind,
    policyRev: row.policy_rev,
    memberIds: row.group_members ?? [senderId, row.receiver_id ?? senderId],
    receiverId: row.receiver_id,
    relation: row.receiver_id === null ? null : {
      sender: { setting: row.sender_setting, keepAcceptedOpen: row.sender_keeps },
      receiver: { setting: row.receiver_setting ?? "no_one", keepAcceptedOpen: row.receiver_keeps ?? false },
      friends: row.friends,
      senderBlocksReceiver: row.sender_blocks,
      receiverBlocksSender: row.receiver_blocks,
      standing: toStanding(row, senderId),
    },
    earlier:
      row.earlier_seq === null
        ? null
        : { seq: row.earlier_seq, fingerprint: row.earlier_fingerprint, unsent: row.earlier_unsent },
  };
}

export function toStanding(
  row: { state: "request" | "accepted"; requested_by: string | null; requested_at: Date | null; declined: boolean },
  senderId: string,
): Standing {
  if (row.state === "accepted") return { is: "accepted" };
  if (row.requested_by === senderId) return { is: "requested_by_sender", atMs: row.requested_at?.getTime() ?? 0 };
  return { is: "requested_by_receiver", declined: row.declined };
}

interface FactsRow {
  n: number;
  id: string;
  kind: "direct" | "group";
  state: "request" | "accepted";
  requested_by: string | null;
  requested_at: Date | null;
  declined: boolean;
  policy_rev: number;
  low_id: string | null;
  high_id: string | null;
  group_members: string[] | null;
  sender_setting: Setting;
  sender_keeps: boolean;
  receiver_id: string | null;
  receiver_setting: Setting | null;
  receiver_keeps: boolean | null;
  friends: boolean;
  sender_blocks: boolean;
  receiver_blocks: boolean;
  earlier_seq: number | null;
  earlier_fingerprint: string | null;
  earlier_unsent: boolean;
}
