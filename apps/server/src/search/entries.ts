import { plainArray, textArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { holdsLink, kindTerms, termsOf } from "./terms.ts";

/** What a message is found by, as it stands in the log. */
export interface IndexedMessage {
  conversation_id: string;
  seq: number;
  text: string;
  has_media: boolean;
  /** Of its sending; 0 for a damaged time (T30). */
  at_ms: number;
}

/** Whom it concerns: a direct conversation's two people, or the group. */
export interface ScopedConversation {
  id: string;
  kind: "direct" | "group";
  low_id: string | null;
  high_id: string | null;
}

/** What other features do with the index, inside the transaction that changes a message and holds its conversation's row. */
export interface SearchEntries {
  /** R9: a message that is taken back, expired or opened has nothing here from this commit on, and never again. */
  forget(tx: Sql, message: { conversationId: string; seq: number }): Promise<void>;
  /** After an edit: what it says now, and nothing of what it said. Called when the row is written. */
  replace(tx: Sql, message: { conversationId: string; seq: number }): Promise<void>;
}

export const searchEntries: SearchEntries = {
  async forget(tx, message) {
    await lockIndex(tx, message.conversationId);
    await dropTerms(tx, message);
  },
  async replace(tx, message) {
    await lockIndex(tx, message.conversationId);
    await dropTerms(tx, message);
    const [conversation]: ScopedConversation[] = await tx`
      select c.id, c.kind, c.low_id, c.high_id from conversations c join search_progress p on p.conversation_id = c.id
      where c.id = ${message.conversationId} and p.indexed_seq >= ${message.seq}`;
    // Otherwise the indexer comes to it, and finds it as it is then.
    if (!conversation) return;
    const rows: IndexedMessage[] = await tx`
      select ${indexedColumns(tx)} from messages m
      where m.conversation_id = ${message.conversationId} and m.seq = ${message.seq} and m.unsent_at is null
        and (m.extras -> 'viewOnce') is null`;
    await insertTerms(tx, entriesOf(rows, new Map([[conversation.id, conversation]])));
  },
};

export function indexedColumns(sql: Sql) {
  return sql`m.conversation_id, m.seq::float8 as seq, m.text, m.has_media,
    case when isfinite(m.created_at) then floor(extract(epoch from m.created_at) * 1000)::float8 else 0 end as at_ms`;
}

/**
 * One at a time writes a conversation's terms: without it, the indexer could write the terms of a message that it read just
 * before it was taken back. Until the end of the transaction; after the conversation's row, which the indexer never locks.
 */
async function lockIndex(tx: Sql, conversationId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(${lockSpace}::int4, ${lockKey(conversationId)}::int4)`;
}

export const lockSpace = 0x5ea7c4;

export function lockKey(conversationId: string): number {
  return Number.parseInt(conversationId.slice(-8), 16) | 0;
}

async function dropTerms(tx: Sql, message: { conversationId: string; seq: number }): Promise<void> {
  await tx`delete from search_terms where conversation_id = ${message.conversationId} and seq = ${message.seq}`;
}

export interface Entry {
  scopeId: string;
  term: string;
  message: IndexedMessage;
}

export function entriesOf(
  messages: readonly IndexedMessage[],
  conversations: ReadonlyMap<string, ScopedConversation>,
): Entry[] {
  return messages.flatMap((message) => {
    const scopes = scopesOf(conversations.get(message.conversation_id));
    const terms = termsOfMessage(message);
    return scopes.flatMap((scopeId) => terms.map((term) => ({ scopeId, term, message })));
  });
}

function termsOfMessage({ text, has_media: hasMedia }: IndexedMessage): string[] {
  const terms = termsOf(text);
  if (hasMedia) terms.push(kindTerms.photo);
  if (holdsLink(text)) terms.push(kindTerms.link);
  return terms;
}

function scopesOf(conversation: ScopedConversation | undefined): string[] {
  if (!conversation) return [];
  if (conversation.kind === "group") return [conversation.id];
  return [conversation.low_id, conversation.high_id].filter((id) => id !== null);
}

/** In the order of the key, so that neighbours in the index are written one after the other. */
export async function insertTerms(tx: Sql, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.toSorted((one, other) =>
    one.scopeId !== other.scopeId ? (one.scopeId < other.scopeId ? -1 : 1) : one.term < other.term ? -1 : 1,
  );
  await tx`
    insert into search_terms (scope_id, term, at_ms, conversation_id, seq)
    select * from unnest(
      ${plainArray(rows.map((row) => row.scopeId))}::uuid[], ${textArray(rows.map((row) => row.term))}::text[],
      ${plainArray(rows.map((row) => row.message.at_ms))}::int8[],
      ${plainArray(rows.map((row) => row.message.conversation_id))}::uuid[],
      ${plainArray(rows.map((row) => row.message.seq))}::int8[])
    on conflict do nothing`;
}
