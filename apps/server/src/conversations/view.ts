import type { Conversation, Message, PersonBrief } from "@sotto/protocol/types.ts";
import { isoTime, isShowable, type DamageLog } from "../damage.ts";
import type { Sql } from "../db/sql.ts";
import { toDraft, type DraftFields } from "./drafts.ts";
import { passOwnMessages } from "./pass-own.ts";
import { readReceipts, type Receipt } from "./showing.ts";

/** What `people/` and `messages/` show for a conversation; given by `app.ts`. */
export interface ConversationReaders {
  people: (ids: readonly string[]) => Promise<Map<string, PersonBrief>>;
  damaged: DamageLog;
  messages: (rows: readonly { conversationId: string; seq: number }[], viewerId: string) => Promise<Message[]>;
}

/**
 * Conversations of `viewerId` as they see them, in the order of `ids`; those they are not in are left out (T1).
 * Unread counts are derived here, never stored (R16): after the read marker, not one's own, not tombstones, not before
 * what one may see, not hidden (R10), not from people one blocked.
 */
export async function viewConversations(
  sql: Sql,
  readers: ConversationReaders,
  viewerId: string,
  ids: readonly string[],
): Promise<Conversation[]> {
  if (ids.length === 0) return [];
  const rows = await readRows(sql, viewerId, ids);
  await passOwnMessages(sql, viewerId, rows);
  const shows = rows.some((row) => row.shows_receipts);
  const [receipts, people, lastMessages] = await Promise.all([
    shows ? readReceipts(sql, viewerId, ids) : new Map<string, Receipt[]>(),
    readers.people([...new Set(rows.flatMap((row) => row.others))]),
    readers.messages(
      rows.flatMap((row) =>
        row.shown_seq > row.visible_after_seq ? [{ conversationId: row.id, seq: row.shown_seq }] : [],
      ),
      viewerId,
    ),
  ]);
  for (const row of rows) if (isDamaged(row)) readers.damaged(`inbox row of ${viewerId} for conversation ${row.id}`);
  const lastOf = new Map(lastMessages.map((message) => [message.conversationId, message]));
  const byId = new Map(rows.map((row) => [row.id, toConversation(row, viewerId, people, lastOf.get(row.id) ?? null)]));
  for (const [id, of] of receipts) byId.get(id)?.receipts.push(...of);
  return ids.flatMap((id) => byId.get(id) ?? []);
}

async function readRows(sql: Sql, viewerId: string, ids: readonly string[]): Promise<Row[]> {
  return await sql`
    select c.id, c.kind, c.state, c.requested_by, c.last_seq::float8 as last_seq, c.last_change::float8 as change,
      i.folder, i.read_seq::float8 as read_seq, i.pinned, i.muted_until, i.activity_at,
      (select p.settings->>'readReceipts' = 'true' from people p where p.id = ${viewerId}) as shows_receipts,
      m.visible_after_seq::float8 as visible_after_seq, i.hidden_count, c.disappear_after_seconds,
      (select jsonb_build_object('text', d.text, 'replyTo', d.reply_to_seq, 'writtenAtMs', floor(extract(epoch from d.written_at) * 1000))
        from drafts d where d.person_id = ${viewerId} and d.conversation_id = c.id) as draft,
      array(select o.person_id from members o
        where o.conversation_id = c.id and o.person_id <> ${viewerId} and o.left_at is null
        order by o.role <> 'owner', o.joined_at, o.person_id limit 20) as others,
      case when c.kind = 'group'
        then (select count(*) from members a where a.conversation_id = c.id and a.left_at is null)::int else 2 end as member_count,
      (select count(*) from (
        select 1 from messages u
        where u.conversation_id = c.id and u.seq > greatest(i.read_seq, m.visible_after_seq)
          and u.sender_id <> ${viewerId} and u.unsent_at is null and (u.expires_at is null or u.expires_at > now())
          and not exists (select 1 from blocks b where b.blocker_id = ${viewerId} and b.blocked_id = u.sender_id)
          and (i.hidden_count = 0 or not exists (
            select 1 from hidden_messages h
            where h.person_id = ${viewerId} and h.conversation_id = c.id and h.seq = u.seq))
        limit 100) capped)::int as unread,
      case when i.hidden_count = 0 then c.last_seq else coalesce((
        select u.seq from messages u
        where u.conversation_id = c.id and u.seq > m.visible_after_seq and not exists (
          select 1 from hidden_messages h
          where h.person_id = ${viewerId} and h.conversation_id = c.id and h.seq = u.seq)
        order by u.seq desc limit 1), 0) end::float8 as shown_seq
    from unnest(${sql.array([...ids], "UUID")}) as t(id)
    join inbox i on i.person_id = ${viewerId} and i.conversation_id = t.id
    join members m on m.conversation_id = t.id and m.person_id = ${viewerId} and m.left_at is null
    join conversations c on c.id = t.id`;
}

function toConversation(
  row: Row,
  viewerId: string,
  people: Map<string, PersonBrief>,
  lastMessage: Message | null,
): Conversation {
  return {
    id: row.id,
    kind: row.kind,
    people: row.others.flatMap((id) => people.get(id) ?? []),
    memberCount: row.member_count,
    state: stateFor(row, viewerId),
    lastMessage,
    lastSeq: row.last_seq,
    change: row.change,
    readSeq: row.read_seq,
    unread: row.unread,
    pinned: row.pinned,
    archived: row.folder === "archived",
    mutedUntil: row.muted_until === null || !isShowable(row.muted_until) ? null : isoTime(row.muted_until),
    // The row is up to 250 ms behind the log; the message is not.
    activityAt: later(isoTime(row.activity_at), lastMessage?.createdAt),
    draft: toDraft(row.id, row.draft),
    receipts: [],
    hiddenCount: row.hidden_count,
    disappearAfterSeconds: row.disappear_after_seconds,
  };
}

/** T30. Muted for ever is what a date of our time says, and never what is none. */
function isDamaged(row: Row): boolean {
  return !isShowable(row.activity_at) || (row.muted_until !== null && !isShowable(row.muted_until));
}

/** RFC 3339 in UTC with milliseconds sorts as text. */
function later(one: string, other: string | undefined): string {
  return other !== undefined && other > one ? other : one;
}

function stateFor(row: Row, viewerId: string): Conversation["state"] {
  if (row.folder === "hidden") return "hidden";
  // An invitation that waits (R7).
  if (row.kind === "group" && row.folder === "requests") return "request_received";
  if (row.state === "accepted") return "accepted";
  return row.requested_by === viewerId ? "request_sent" : "request_received";
}

interface Row {
  id: string;
  kind: "direct" | "group";
  state: "request" | "accepted";
  requested_by: string | null;
  last_seq: number;
  change: number;
  folder: "inbox" | "requests" | "archived" | "hidden";
  read_seq: number;
  pinned: boolean;
  muted_until: Date | null;
  activity_at: Date;
  visible_after_seq: number;
  others: string[];
  member_count: number;
  unread: number;
  /** The newest that the viewer did not delete for themselves (R10); zero where there is none. */
  shown_seq: number;
  hidden_count: number;
  disappear_after_seconds: number | null;
  draft: DraftFields | null;
  /** The viewer shows how far they read (C8); null as false. */
  shows_receipts: boolean | null;
}
