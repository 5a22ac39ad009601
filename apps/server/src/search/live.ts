import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import type { Place } from "./walk.ts";

export interface LiveMessage extends Place {
  text: string;
  has_media: boolean;
  change: number;
}

/**
 * What of these places the viewer may see at this moment (T1, T6, R8, R10): a member of a conversation that they have not put
 * away, of a message that stands, is not hidden, has not run out and is not for one look. In their order. Each question is a
 * subquery of its own, which is answered by key: as joins, the planner read all of the person's inbox (1.4 ms of 20,000). It did
 * so by the index of the folder as well, as long as that had every column asked for: hence `read_seq`.
 */
export async function readLive(
  sql: Sql,
  asked: { viewerId: string; places: readonly Place[]; senderId: string | undefined; folders: readonly string[] },
): Promise<LiveMessage[]> {
  const { viewerId, places, senderId, folders } = asked;
  if (places.length === 0) return [];
  return await sql`
    select m.conversation_id, m.seq::float8 as seq, m.text, m.has_media, m.change::float8 as change, k.at
    from unnest(
        ${plainArray(places.map((place) => place.conversation_id))}::uuid[],
        ${plainArray(places.map((place) => place.seq))}::int8[], ${plainArray(places.map((place) => place.at))}::float8[])
      with ordinality as k(conversation_id, seq, at, n)
    cross join lateral (
      select l.conversation_id, l.seq, l.text, l.has_media, l.change from messages l
      where l.conversation_id = k.conversation_id and l.seq = k.seq and l.unsent_at is null
        and (l.expires_at is null or l.expires_at > now()) and (l.extras -> 'viewOnce') is null
        and (${senderId ?? null}::uuid is null or l.sender_id = ${senderId ?? null}::uuid)
      limit 1) as m
    where (select v.visible_after_seq < k.seq from members v
        where v.conversation_id = k.conversation_id and v.person_id = ${viewerId} and v.left_at is null)
      and (select i.folder = any(${plainArray(folders)}::text[]) from inbox i
        where i.person_id = ${viewerId} and i.conversation_id = k.conversation_id and i.read_seq >= 0)
      and (select true from hidden_messages h
        where h.person_id = ${viewerId} and h.conversation_id = k.conversation_id and h.seq = k.seq) is null
    order by k.n`;
}

/** Where the viewer may look: everywhere, or one conversation of theirs; null when that is not theirs (R27). */
export interface Scopes {
  scopes: string[];
  /** Of the one conversation; null when it is about all. */
  conversation: { messages: number } | null;
}

export async function readScopes(
  sql: Sql,
  viewerId: string,
  conversationId: string | undefined,
): Promise<Scopes | null> {
  if (conversationId === undefined) {
    const rows: { scope_id: string }[] = await sql`
      select scope_id from search_scopes where person_id = ${viewerId}`;
    return { scopes: [viewerId, ...rows.map((row) => row.scope_id)], conversation: null };
  }
  const [row]: { kind: string; messages: number }[] = await sql`
    select c.kind, c.last_seq::float8 as messages
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ${conversationId} and m.person_id = ${viewerId} and m.left_at is null`;
  if (!row) return null;
  return { scopes: [row.kind === "group" ? conversationId : viewerId], conversation: { messages: row.messages } };
}

/** Whether the index holds what this person's latest conversations hold, and everything from before. */
export async function readComplete(sql: Sql, viewerId: string, conversationId: string | undefined): Promise<boolean> {
  const [row]: { complete: boolean }[] = await sql`
    select exists (select 1 from search_state s where s.complete)
      and not exists (
        select 1 from (
          select i.conversation_id from inbox i where i.person_id = ${viewerId}
            and (${conversationId ?? null}::uuid is null or i.conversation_id = ${conversationId ?? null}::uuid)
          order by i.counter desc limit 50) as latest
        join conversations c on c.id = latest.conversation_id
        where c.last_seq > coalesce((select p.indexed_seq from search_progress p where p.conversation_id = c.id), 0)) as complete`;
  return row?.complete ?? false;
}
