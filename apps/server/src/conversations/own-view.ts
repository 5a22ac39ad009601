import type { CommandParsed } from "@sotto/protocol/commands.ts";
import type { Sql } from "../db/sql.ts";
import { countOwnChange, ownNews, type OwnNews, type OwnRow } from "../fanout/own-devices.ts";

/**
 * Pin, archive, mute: for oneself alone. Null when it is no conversation of theirs. What is in the log by then is archived with it:
 * the row is brought up to it, so that only a later message brings the conversation back, and not the flush of one seen already.
 */
export async function changeOwnView(
  sql: Sql,
  personId: string,
  input: CommandParsed<"conversations.update">,
): Promise<OwnNews | null> {
  if ((await readMarker(sql, personId, input.conversationId)) === null) return null;
  return await sql.begin(async (tx) => {
    const counter = await countOwnChange(tx, personId);
    const [row]: OwnRow[] = await tx`
      update inbox i set counter = ${counter},
        pinned = coalesce(${input.pinned ?? null}::boolean, i.pinned),
        folder = case when i.folder not in ('inbox', 'archived') or ${input.archived ?? null}::boolean is null then i.folder
          when ${input.archived ?? null}::boolean then 'archived' else 'inbox' end,
        last_seq = case when ${input.archived === true} then greatest(i.last_seq, c.last_seq) else i.last_seq end,
        muted_until = case when ${input.mutedUntil === undefined} then i.muted_until else ${input.mutedUntil ?? null}::timestamptz end
      from conversations c
      where i.person_id = ${personId} and i.conversation_id = ${input.conversationId} and c.id = i.conversation_id
      returning i.counter::float8 as counter, i.change::float8 as change, i.last_seq::float8 as last_seq, i.read_seq::float8 as read_seq`;
    return row ? ownNews(input.conversationId, row, true) : null;
  });
}

/**
 * One's own marker, forward only, never past the newest message (R16, T31). Null when it is no conversation of theirs;
 * `news` is null when the marker stayed where it was.
 */
export async function moveReadMarker(
  sql: Sql,
  personId: string,
  asked: { conversationId: string; seq: number },
): Promise<{ readSeq: number; news: OwnNews | null } | null> {
  const readSeq = await readMarker(sql, personId, asked.conversationId);
  if (readSeq === null) return null;
  if (readSeq >= asked.seq) return { readSeq, news: null };
  return await sql.begin(async (tx) => {
    const counter = await countOwnChange(tx, personId);
    const [row]: OwnRow[] = await tx`
      update inbox i set counter = ${counter}, read_seq = greatest(i.read_seq, least(${asked.seq}::bigint, c.last_seq))
      from conversations c
      where i.person_id = ${personId} and i.conversation_id = ${asked.conversationId} and c.id = i.conversation_id
      returning i.counter::float8 as counter, i.change::float8 as change, i.last_seq::float8 as last_seq, i.read_seq::float8 as read_seq`;
    return row ? { readSeq: row.read_seq, news: ownNews(asked.conversationId, row, false) } : null;
  });
}

/** Where the person's marker stands in a conversation of theirs; null in any other. */
async function readMarker(sql: Sql, personId: string, conversationId: string): Promise<number | null> {
  const [row] = await sql`
    select i.read_seq::float8 as read_seq from inbox i
    join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
    where i.person_id = ${personId} and i.conversation_id = ${conversationId} and i.folder <> 'hidden'`;
  return row?.read_seq ?? null;
}
