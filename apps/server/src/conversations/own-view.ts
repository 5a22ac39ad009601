import type { CommandParsed } from "@sotto/protocol/commands.ts";
import type { Sql } from "../db/sql.ts";
import { countOwnChange, type OwnNews } from "../fanout/own-devices.ts";

/** Pin, archive, mute: for oneself alone. Null when it is no conversation of theirs. */
export async function changeOwnView(
  sql: Sql,
  personId: string,
  input: CommandParsed<"conversations.update">,
): Promise<OwnNews | null> {
  return await sql.begin(async (tx) => {
    const counter = await countOwnChange(tx, personId);
    const [row] = await tx`
      update inbox set counter = ${counter},
        pinned = coalesce(${input.pinned ?? null}::boolean, pinned),
        folder = case when folder not in ('inbox', 'archived') or ${input.archived ?? null}::boolean is null then folder
          when ${input.archived ?? null}::boolean then 'archived' else 'inbox' end,
        muted_until = case when ${input.mutedUntil === undefined} then muted_until else ${input.mutedUntil ?? null}::timestamptz end
      where person_id = ${personId} and conversation_id = ${input.conversationId} and folder <> 'hidden'
      returning change::float8 as change, last_seq::float8 as last_seq, read_seq::float8 as read_seq`;
    return row ? toNews(input.conversationId, counter, row, true) : null;
  });
}

/** One's own marker, forward only, never past the newest message (R16, T31). Null when it is no conversation of theirs. */
export async function moveReadMarker(
  sql: Sql,
  personId: string,
  asked: { conversationId: string; seq: number },
): Promise<OwnNews | null> {
  return await sql.begin(async (tx) => {
    const counter = await countOwnChange(tx, personId);
    const [row] = await tx`
      with before as (
        select i.read_seq, greatest(i.read_seq, least(${asked.seq}::bigint, c.last_seq)) as wanted
        from inbox i
        join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
        join conversations c on c.id = i.conversation_id
        where i.person_id = ${personId} and i.conversation_id = ${asked.conversationId} and i.folder <> 'hidden'
        for no key update of i
      )
      update inbox i set read_seq = before.wanted, counter = ${counter} from before
      where i.person_id = ${personId} and i.conversation_id = ${asked.conversationId}
      returning i.change::float8 as change, i.last_seq::float8 as last_seq, i.read_seq::float8 as read_seq`;
    return row ? toNews(asked.conversationId, counter, row, false) : null;
  });
}

function toNews(
  conversationId: string,
  counter: number,
  row: { change: number; last_seq: number; read_seq: number },
  stale: boolean,
): OwnNews {
  const { change, last_seq, read_seq } = row;
  return { conversationId, since: counter - 1, counter, change, lastSeq: last_seq, readSeq: read_seq, stale };
}
