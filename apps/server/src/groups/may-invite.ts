import {
  mayMessage,
  type MessageDecision,
  type MessageFacts,
  type RequestRules,
  type Setting,
  type Standing,
} from "@sotto/domain/may-message.ts";
import type { Sql } from "../db/sql.ts";

/**
 * Whether `creatorId` may add each of these people, in their order: the decision about a direct message from one to the other,
 * made by the same function (R5, R6). One query for all of them, whoever they are: who is missing, who blocked and who is
 * closed cost the same and look the same (R27, T24).
 */
export async function mayInvite(
  sql: Sql,
  creatorId: string,
  personIds: readonly string[],
  { rules, nowMs }: { rules: RequestRules; nowMs: number },
): Promise<MessageDecision[]> {
  const rows: PairRow[] = await sql`
    select i.n::int4 as n, s.who_may_message as sender_setting, s.keep_accepted_open as sender_keeps,
      r.who_may_message as receiver_setting, r.keep_accepted_open as receiver_keeps,
      (select true from follows f where f.follower_id = s.id and f.followed_id = i.id) as follows,
      (select true from follows f where f.follower_id = i.id and f.followed_id = s.id) as followed,
      (select true from blocks b where b.blocker_id = s.id and b.blocked_id = i.id) as blocks,
      (select true from blocks b where b.blocker_id = i.id and b.blocked_id = s.id) as blocked,
      c.state, c.requested_by, (extract(epoch from c.requested_at) * 1000)::float8 as requested_at_ms,
      c.declined_at is not null as declined
    from unnest(${sql.array([...personIds], "UUID")}) with ordinality as i(id, n)
    join people s on s.id = ${creatorId}
    left join people r on r.id = i.id
    left join conversations c on c.low_id = least(s.id, i.id) and c.high_id = greatest(s.id, i.id)
    order by i.n`;
  return rows.map((row) => mayMessage(toFacts(row, creatorId), rules, nowMs));
}

/** Nobody is somebody who accepts nothing. */
function toFacts(row: PairRow, creatorId: string): MessageFacts {
  return {
    sender: { setting: row.sender_setting, keepAcceptedOpen: row.sender_keeps },
    receiver: { setting: row.receiver_setting ?? "no_one", keepAcceptedOpen: row.receiver_keeps ?? false },
    friends: row.follows === true && row.followed === true,
    senderBlocksReceiver: row.blocks === true,
    receiverBlocksSender: row.blocked === true,
    standing: toStanding(row, creatorId),
    textOnly: true,
  };
}

function toStanding(row: PairRow, creatorId: string): Standing {
  if (row.state === null) return { is: "none" };
  if (row.state === "accepted") return { is: "accepted" };
  if (row.requested_by === creatorId) return { is: "requested_by_sender", atMs: row.requested_at_ms ?? 0 };
  return { is: "requested_by_receiver", declined: row.declined };
}

interface PairRow {
  n: number;
  sender_setting: Setting;
  sender_keeps: boolean;
  receiver_setting: Setting | null;
  receiver_keeps: boolean | null;
  follows: boolean | null;
  followed: boolean | null;
  blocks: boolean | null;
  blocked: boolean | null;
  state: "request" | "accepted" | null;
  requested_by: string | null;
  requested_at_ms: number | null;
  declined: boolean;
}
