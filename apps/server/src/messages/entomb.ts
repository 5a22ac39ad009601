import type { Sql } from "../db/sql.ts";
import { recordErasures } from "../erasures/record.ts";
import type { MessageRow } from "./message-view.ts";
import { changeQuoting } from "./quoting.ts";

export interface EntombDeps {
  media: MediaPurge;
  search: SearchUpkeep;
}

/** What `search/` does when what a message says goes or changes: inside the transaction, which holds the conversation's row. */
export interface SearchUpkeep {
  /** From this commit on nothing finds it, and nothing of it is in the index. */
  forget: (tx: Sql, message: { conversationId: string; seq: number }) => Promise<void>;
  /** After an edit was written: it is found by what it says now, and no longer by what it said. */
  replace: (tx: Sql, message: { conversationId: string; seq: number }) => Promise<void>;
}

/** What `media/` does for a tombstone: rows go inside the transaction, bytes right after it. */
export interface MediaPurge {
  /** Drops those of these media that nothing shows any more. */
  purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>;
  /** Deletes the bytes whose rows are gone. */
  deleteBlobs: () => Promise<void>;
}

/**
 * Makes a message a tombstone (R9): it keeps its number, and everything that it said goes in this transaction, which holds the
 * conversation's row already. Unsent, expired and opened messages all go this way; `gone` says why it went by itself.
 * What quotes it changes with it; after the commit `tellChanged` tells of both.
 */
export async function entomb(
  tx: Sql,
  deps: EntombDeps,
  row: MessageRow,
  gone?: "expired" | "opened",
): Promise<MessageRow> {
  const key = { id: row.conversation_id, seq: row.seq };
  const [{ change, last_seq: lastSeq }] = await tx`
    update conversations set last_change = last_change + 1 where id = ${key.id}
    returning last_change::float8 as change, last_seq::float8 as last_seq`;
  const unsentAt = new Date();
  const extras = gone ? { gone } : null;
  await tx`
    update messages set text = '', fingerprint = null, has_media = false, extras = ${extras}::jsonb, reply_to_seq = null, pinned_at = null,
      expires_at = null, unsent_at = ${unsentAt}, change = ${change}, changed = true
    where conversation_id = ${key.id} and seq = ${key.seq}`;
  await deps.search.forget(tx, { conversationId: key.id, seq: key.seq });
  await tx`delete from message_versions where conversation_id = ${key.id} and seq = ${key.seq}`;
  // A draft that answers it keeps its text (C17).
  await tx`update drafts set reply_to_seq = null where conversation_id = ${key.id} and reply_to_seq = ${key.seq}`;
  await recordErasures(
    tx,
    [{ kind: "message", conversationId: key.id, seq: key.seq, sentAt: row.created_at }],
    unsentAt,
  );
  const held: { media_id: string }[] = await tx`
    delete from message_media where conversation_id = ${key.id} and seq = ${key.seq} returning media_id`;
  await deps.media.purge(
    tx,
    held.map((one) => one.media_id),
  );
  await changeQuoting(tx, { ...row, change });
  // A request whose one message is taken back has nothing left to accept; an earlier one was replaced already (R4).
  if (row.seq === lastSeq) await hideEmptyRequest(tx, key.id);
  return {
    ...row,
    text: "",
    has_media: false,
    unsent_at: unsentAt,
    change,
    reply_to_seq: null,
    pinned_at: null,
    expires_at: null,
    extras,
  };
}

async function hideEmptyRequest(tx: Sql, conversationId: string): Promise<void> {
  await tx`
    update inbox i set folder = 'hidden'
    where i.conversation_id = ${conversationId} and i.folder = 'requests'
      and exists (select 1 from conversations c where c.id = ${conversationId} and c.kind = 'direct')
      and i.person_id in (select m.person_id from members m where m.conversation_id = ${conversationId})`;
}
