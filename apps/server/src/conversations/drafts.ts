import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import type { Draft } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { countOwnChange, ownNews, type OwnNews, type OwnRow } from "../fanout/own-devices.ts";
import { messageId, seqOfMessage } from "../message-id.ts";

/** A draft that was written before one's own message is not looked for further back than this. */
const newestMessages = 200;

/**
 * Keeps what a person is writing (C17); the later `writtenAt` wins, and never a later one than now. An empty one stays as a
 * row: an older draft that arrives after it does not come back. Neither does what was written before one's own newest message, but
 * dropping holds all the same: what it drops may have been on its way beside that message.
 * `news` is null where nothing changed.
 */
export async function saveDraft(
  sql: Sql,
  personId: string,
  input: CommandParsed<"conversations.saveDraft">,
  nowMs: number,
): Promise<{ output: CommandOutput<"conversations.saveDraft">; news: OwnNews | null } | Refusal> {
  const place = await readPlace(sql, personId, input);
  if (!place) return refuse("not_found");
  const { conversationId, text } = input;
  const writtenAt = new Date(Math.min(Date.parse(input.writtenAt), nowMs));
  const draft = { personId, conversationId, text, replyToSeq: place.replyToSeq, writtenAt };
  const written = await sql.begin(async (tx) => await writeDraft(tx, draft));
  const dropped = written && text !== "" ? await dropIfSent(sql, draft) : null;
  return { output: { draft: await readDraft(sql, personId, conversationId) }, news: dropped ?? written };
}

interface NewDraft {
  personId: string;
  conversationId: string;
  text: string;
  replyToSeq: number | null;
  writtenAt: Date;
}

async function writeDraft(tx: Sql, draft: NewDraft): Promise<OwnNews | null> {
  const { personId, conversationId, text, replyToSeq, writtenAt } = draft;
  // Before the row: whatever changes an inbox row holds its person's counter first, and nobody waits in a circle.
  const counter = await countOwnChange(tx, personId);
  const [written] = await tx`
    insert into drafts (person_id, conversation_id, text, reply_to_seq, written_at, checked_seq)
    select ${personId}, c.id, ${text}, ${replyToSeq}, ${writtenAt}, c.last_seq
    from conversations c
    where c.id = ${conversationId} and (${text === "" && replyToSeq === null} or not exists (
      select 1 from (
        select m.sender_id, m.created_at from messages m where m.conversation_id = c.id
        order by m.seq desc limit ${newestMessages}) newest
      where newest.sender_id = ${personId} and newest.created_at >= ${writtenAt}))
    on conflict (person_id, conversation_id) do update
      set text = excluded.text, reply_to_seq = excluded.reply_to_seq, written_at = excluded.written_at,
        checked_seq = excluded.checked_seq
      where drafts.written_at <= excluded.written_at
    returning 1 as one`;
  return written ? await countedNews(tx, draft, counter) : null;
}

/**
 * A message that was committed beside the draft: the flush may have looked before the draft was there. Another device may have read it
 * meanwhile, so the drop has a number of its own.
 */
async function dropIfSent(sql: Sql, draft: NewDraft): Promise<OwnNews | null> {
  const { personId, conversationId } = draft;
  const sent = sql`
    select 1 from drafts d join messages m on m.conversation_id = d.conversation_id
    where d.person_id = ${personId} and d.conversation_id = ${conversationId} and d.text <> ''
      and m.seq > d.checked_seq and m.sender_id = d.person_id and m.created_at >= d.written_at limit 1`;
  if ((await sent).length === 0) return null;
  return await sql.begin(async (tx) => {
    const counter = await countOwnChange(tx, personId);
    await tx`
      update drafts d set text = '', reply_to_seq = null
      where d.person_id = ${personId} and d.conversation_id = ${conversationId} and exists (
        select 1 from messages m
        where m.conversation_id = d.conversation_id and m.seq > d.checked_seq and m.sender_id = d.person_id
          and m.created_at >= d.written_at)`;
    return await countedNews(tx, draft, counter);
  });
}

async function countedNews(tx: Sql, { personId, conversationId }: NewDraft, counter: number): Promise<OwnNews | null> {
  const [row]: OwnRow[] = await tx`
    update inbox set counter = ${counter} where person_id = ${personId} and conversation_id = ${conversationId}
    returning counter::float8 as counter, change::float8 as change, last_seq::float8 as last_seq, read_seq::float8 as read_seq`;
  return row ? ownNews(conversationId, row, true) : null;
}

/** Null where it is no conversation of theirs, or the message that the draft answers is not one they see (T1). */
async function readPlace(
  sql: Sql,
  personId: string,
  { conversationId, replyToId }: Pick<CommandParsed<"conversations.saveDraft">, "conversationId" | "replyToId">,
): Promise<{ replyToSeq: number | null } | null> {
  const [row] = await sql`
    select m.visible_after_seq::float8 as visible from members m
    join inbox i on i.person_id = m.person_id and i.conversation_id = m.conversation_id and i.folder <> 'hidden'
    where m.conversation_id = ${conversationId} and m.person_id = ${personId} and m.left_at is null`;
  if (!row) return null;
  if (replyToId === null) return { replyToSeq: null };
  const seq = seqOfMessage(replyToId);
  const [answered] = await sql`
    select unsent_at from messages
    where conversation_id = ${conversationId} and seq = ${seq} and id = ${replyToId} and seq > ${row.visible}`;
  if (!answered) return null;
  // What it answers was taken back meanwhile: the text stays.
  return { replyToSeq: answered.unsent_at === null ? seq : null };
}

export async function readDraft(sql: Sql, personId: string, conversationId: string): Promise<Draft | null> {
  const [row] = await sql`
    select text, reply_to_seq::float8 as reply_to, floor(extract(epoch from written_at) * 1000)::float8 as written_at_ms
    from drafts where person_id = ${personId} and conversation_id = ${conversationId}`;
  return row
    ? toDraft(conversationId, { text: row.text, replyTo: row.reply_to, writtenAtMs: row.written_at_ms })
    : null;
}

export interface DraftFields {
  text: string;
  replyTo: number | null;
  writtenAtMs: number;
}

/** Null for one that was dropped. */
export function toDraft(conversationId: string, draft: DraftFields | null): Draft | null {
  if (!draft || (draft.text === "" && draft.replyTo === null)) return null;
  const replyToId = draft.replyTo === null ? null : messageId(conversationId, draft.replyTo);
  return { text: draft.text, replyToId, writtenAt: new Date(draft.writtenAtMs).toISOString() };
}

/** Whose draft it was, in which conversation. */
export interface ClearedDraft {
  personId: string;
  conversationId: string;
}

/** A draft that was checked so many messages ago is checked from here on: its writer reads and does not write. */
const checkedEvery = 200;

/**
 * What was sent is no draft any more (C17). Called by the inbox flush with the conversations that it writes anyway: a send itself
 * costs nothing. One look at an index that holds those drafts alone which still say something.
 */
export async function clearSentDrafts(sql: Sql, conversationIds: readonly string[]): Promise<ClearedDraft[]> {
  const rows: { person_id: string; conversation_id: string; cleared: boolean }[] = await sql`
    with kept as materialized (
      select d.person_id, d.conversation_id, d.written_at, d.checked_seq, c.last_seq
      from drafts d join conversations c on c.id = d.conversation_id
      where d.conversation_id = any(${sql.array([...conversationIds], "UUID")}::uuid[])
        and (d.text <> '' or d.reply_to_seq is not null) and d.checked_seq < c.last_seq),
    looked as materialized (
      select k.*, (
        select max(m.created_at) from messages m
        where m.conversation_id = k.conversation_id and m.seq > k.checked_seq and m.seq <= k.last_seq
          and m.sender_id = k.person_id and m.created_at >= k.written_at) as sent_at
      from kept k)
    update drafts d set
      text = case when l.sent_at is null then d.text else '' end,
      reply_to_seq = case when l.sent_at is null then d.reply_to_seq end,
      written_at = coalesce(l.sent_at, d.written_at), checked_seq = l.last_seq
    from looked l
    where d.person_id = l.person_id and d.conversation_id = l.conversation_id and d.written_at = l.written_at
      and (l.sent_at is not null or l.last_seq - l.checked_seq > ${checkedEvery})
    returning d.person_id, d.conversation_id, l.sent_at is not null as cleared`;
  return rows
    .filter((row) => row.cleared)
    .map((row) => ({ personId: row.person_id, conversationId: row.conversation_id }));
}
