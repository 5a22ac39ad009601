import type { Sql } from "../db/sql.ts";

/** What somebody has not read in a conversation, at this moment. */
export interface Unread {
  /** Null when it is none of theirs, hidden, muted, or still a request. */
  conversation: { kind: "direct" | "group" } | null;
  /** Newest first, at most a hundred; not one's own, not gone, hidden or from blocked people (R5, R6, R10, R16). */
  messages: UnreadMessage[];
}

export interface UnreadMessage {
  seq: number;
  change: number;
  text: string;
  sender_name: string;
  has_media: boolean;
  view_once: boolean;
  is_card: boolean;
  mentioned: boolean;
  disappears: boolean;
}

export async function readUnread(sql: Sql, personId: string, conversationId: string): Promise<Unread> {
  const [row] = await sql`
    select c.kind, greatest(i.read_seq, m.visible_after_seq)::float8 as after
    from inbox i
    join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
    join conversations c on c.id = i.conversation_id and c.state = 'accepted'
    where i.person_id = ${personId} and i.conversation_id = ${conversationId} and i.folder in ('inbox', 'archived')
      and (i.muted_until is null or i.muted_until < now())`;
  if (!row) return { conversation: null, messages: [] };
  const messages: UnreadMessage[] = await sql`
    select u.seq::float8 as seq, u.change::float8 as change, left(u.text, ${textChars}) as text, p.name as sender_name, u.has_media,
      coalesce(u.extras ? 'viewOnce', false) as view_once, coalesce(u.extras ? 'cardPersonId', false) as is_card,
      coalesce(u.extras->'mentionIds' ? ${personId}::text, false) as mentioned, u.expires_at is not null as disappears
    from messages u join people p on p.id = u.sender_id
    where u.conversation_id = ${conversationId} and u.seq > ${row.after} and u.sender_id <> ${personId} and u.unsent_at is null
      and (u.expires_at is null or u.expires_at > now())
      and not exists (select 1 from blocks b where b.blocker_id = ${personId} and b.blocked_id = u.sender_id)
      and not exists (select 1 from blocks b where b.blocker_id = u.sender_id and b.blocked_id = ${personId})
      and not exists (
        select 1 from hidden_messages h
        where h.person_id = ${personId} and h.conversation_id = u.conversation_id and h.seq = u.seq)
    order by u.seq desc limit 100`;
  return { conversation: { kind: row.kind }, messages };
}

/** More than a notification shows. */
const textChars = 400;

/** Requests and invitations that wait and were not looked at; the newest one's time in milliseconds. */
export async function readRequests(sql: Sql, personId: string): Promise<{ count: number; newestMs: number }> {
  const [row] = await sql`
    select count(*)::int as count, coalesce(floor(extract(epoch from max(activity_at)) * 1000), 0)::float8 as newest_ms
    from (
      select i.activity_at from inbox i
      where i.person_id = ${personId} and i.folder = 'requests' and i.last_seq > i.read_seq and isfinite(i.activity_at)
      order by i.activity_at desc limit 100) waiting`;
  return { count: row.count, newestMs: row.newest_ms };
}

/** A reaction to somebody's message, if it is still there and may be told. */
export async function readReaction(
  sql: Sql,
  personId: string,
  asked: { conversationId: string; seq: number; reactorId: string },
): Promise<{ change: number; emoji: string; name: string } | null> {
  const [row] = await sql`
    select m.change::float8 as change, m.extras->'reactions' as reactions, p.name
    from messages m
    join people p on p.id = ${asked.reactorId}
    join conversations c on c.id = m.conversation_id and c.state = 'accepted'
    join inbox i on i.person_id = ${personId} and i.conversation_id = m.conversation_id and i.folder in ('inbox', 'archived')
      and (i.muted_until is null or i.muted_until < now())
    join members w on w.conversation_id = m.conversation_id and w.person_id = ${personId} and w.left_at is null
    where m.conversation_id = ${asked.conversationId} and m.seq = ${asked.seq} and m.sender_id = ${personId} and m.unsent_at is null
      and (m.expires_at is null or m.expires_at > now())
      and not exists (select 1 from blocks b where b.blocker_id = ${personId} and b.blocked_id = ${asked.reactorId})
      and not exists (select 1 from blocks b where b.blocker_id = ${asked.reactorId} and b.blocked_id = ${personId})
      and not exists (
        select 1 from hidden_messages h
        where h.person_id = ${personId} and h.conversation_id = m.conversation_id and h.seq = m.seq)`;
  const reactions: [string, string[]][] = row?.reactions ?? [];
  const [emoji] = reactions.findLast(([, ids]) => ids.includes(asked.reactorId)) ?? [];
  return row && emoji !== undefined ? { change: row.change, emoji, name: row.name } : null;
}
