import { limits } from "@sotto/protocol/limits.ts";
import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { Refusal, refuse } from "../errors.ts";
import type { Publish } from "../fanout/publish.ts";
import { countOwnChange, ownNews, tellOwnDevices, type OwnNews, type OwnRow } from "../fanout/own-devices.ts";
import { seqOfMessage } from "../message-id.ts";

export interface HideDeps {
  sql: Sql;
  publish: Publish;
  epoch: string;
}

/**
 * R10: delete for me. Each gets the next number of this person's in the conversation, so that their other devices learn of it, after
 * an absence too. Nobody else is told. All of them or none: one that the person cannot see looks like a missing one (R27).
 */
export async function hideMessages(
  deps: HideDeps,
  personId: string,
  { conversationId, messageIds }: CommandParsed<"messages.hide">,
): Promise<CommandOutput<"messages.hide"> | Refusal> {
  const ids = [...new Set(messageIds)];
  if ((await countVisible(deps.sql, { personId, conversationId, ids })) < ids.length) return refuse("not_found");
  const { hiddenCount, news } = await deps.sql.begin(async (tx) => await hide(tx, { personId, conversationId, ids }));
  if (news) tellOwnDevices(deps, personId, news);
  return { hiddenCount };
}

/** Which of these the person was shown, hidden already or not. */
async function countVisible(sql: Sql, asked: Asked): Promise<number> {
  const [{ count }] = await sql`
    select count(*)::int as count
    from unnest(${plainArray(asked.ids)}::uuid[], ${plainArray(asked.ids.map(seqOfMessage))}::int8[]) as k(id, seq)
    join messages m on m.conversation_id = ${asked.conversationId} and m.seq = k.seq and m.id = k.id
    join members b on b.conversation_id = m.conversation_id and b.person_id = ${asked.personId} and b.left_at is null
      and b.visible_after_seq < m.seq`;
  return count;
}

/** Under the lock of the person's counter: numbers rise one by one, and no two devices give out the same. */
async function hide(tx: Sql, asked: Asked): Promise<{ hiddenCount: number; news: OwnNews | null }> {
  const { personId, conversationId } = asked;
  const counter = await countOwnChange(tx, personId);
  const [before] = await tx`
    select hidden_count from inbox where person_id = ${personId} and conversation_id = ${conversationId} for update`;
  const hidden: { seq: number }[] = await tx`
    insert into hidden_messages (person_id, conversation_id, seq, number)
    select ${personId}, ${conversationId}, k.seq, ${before?.hidden_count ?? 0}::int + row_number() over (order by k.seq)
    from unnest(${plainArray(asked.ids.map(seqOfMessage))}::int8[]) as k(seq)
    where not exists (
      select 1 from hidden_messages h
      where h.person_id = ${personId} and h.conversation_id = ${conversationId} and h.seq = k.seq)
    returning 1 as seq`;
  const [row]: (OwnRow & { hidden_count: number })[] = await tx`
    update inbox set counter = ${counter}, hidden_count = hidden_count + ${hidden.length}
    where person_id = ${personId} and conversation_id = ${conversationId}
    returning hidden_count, counter::float8 as counter, change::float8 as change, last_seq::float8 as last_seq,
      read_seq::float8 as read_seq`;
  return { hiddenCount: row?.hidden_count ?? 0, news: row ? ownNews(conversationId, row, true) : null };
}

/** What the person hid after the first `after` of it, in the order in which they did. */
export async function listHidden(
  sql: Sql,
  personId: string,
  { conversationId, after }: CommandParsed<"messages.listHidden">,
): Promise<CommandOutput<"messages.listHidden"> | Refusal> {
  const [own] = await sql`
    select i.hidden_count from inbox i
    join members b on b.conversation_id = i.conversation_id and b.person_id = i.person_id and b.left_at is null
    where i.person_id = ${personId} and i.conversation_id = ${conversationId}`;
  if (!own) return refuse("not_found");
  const rows: { seq: number }[] = await sql`
    select seq::float8 as seq from hidden_messages
    where person_id = ${personId} and conversation_id = ${conversationId} and number > ${after}
      and number <= ${own.hidden_count}
    order by number limit ${limits.pageMax}`;
  return {
    seqs: rows.map((row) => row.seq),
    hiddenCount: own.hidden_count,
    hasMore: after + rows.length < own.hidden_count,
  };
}

interface Asked {
  personId: string;
  conversationId: string;
  ids: string[];
}
