import type { Message } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { recordErasures } from "../erasures/record.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Publish } from "../fanout/publish.ts";
import { seqOfMessage } from "./message-id.ts";
import { toMessage, type MessageRow } from "./message-view.ts";

export interface UnsendDeps {
  sql: Sql;
  publish: Publish;
  inbox: InboxFlush;
  media: MediaPurge;
}

/** What `media/` does for unsend: rows go inside the transaction, bytes right after it. */
export interface MediaPurge {
  /** Drops those of these media that nothing shows any more. */
  purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>;
  /** Deletes the bytes whose rows are gone. */
  deleteBlobs: () => Promise<void>;
}

/**
 * Takes a message back for everybody (R9): a tombstone keeps the sequence number; text, fingerprint and photos go at once.
 * Unsending twice answers the tombstone again. Somebody else's message looks like a missing one (R27).
 */
export async function unsend(
  deps: UnsendDeps,
  asked: { personId: string; conversationId: string; messageId: string },
): Promise<Message | Refusal> {
  // Before any lock: nobody holds up a conversation with ids that are not theirs.
  if (!(await readOwn(deps.sql, asked))) return refuse("not_found");
  const tombstone = await deps.inbox.touchIfLost([asked.conversationId], async () => await writeTombstone(deps, asked));
  if (!tombstone) return refuse("not_found");
  const own = toMessage(tombstone, asked.personId);
  // Told again when it was a tombstone already: the first answer may have been lost, and the news with it.
  await tell(deps, asked.personId, own);
  // The rows went with the commit, and with them every URL; the bytes follow.
  await deps.media.deleteBlobs();
  return own;
}

async function writeTombstone(
  deps: UnsendDeps,
  asked: { personId: string; conversationId: string; messageId: string },
): Promise<MessageRow | null> {
  return await deps.sql.begin(async (tx) => {
    // The conversation first, as in a send: the change number is given out under its lock.
    await tx`select 1 from conversations where id = ${asked.conversationId} for no key update`;
    const found = await readOwn(tx, asked);
    if (!found) return null;
    return found.unsent_at ? found : await entomb(tx, deps.media, found);
  });
}

/** Every member who was shown the message, and the inbox of all. */
async function tell(deps: UnsendDeps, senderId: string, own: Message): Promise<void> {
  const { clientId: _, ...theirs } = own;
  const rows: { person_id: string }[] = await deps.sql`
    select person_id from members
    where conversation_id = ${own.conversationId} and left_at is null and visible_after_seq < ${own.seq}`;
  const others = rows.map((row) => row.person_id).filter((id) => id !== senderId);
  deps.publish(others, { event: "message.changed", message: theirs });
  deps.publish([senderId], { event: "message.changed", message: own });
  deps.inbox.touch(own.conversationId, { stale: true });
}

/** A message of one's own. */
async function readOwn(
  tx: Sql,
  asked: { personId: string; conversationId: string; messageId: string },
): Promise<MessageRow | undefined> {
  const [row]: MessageRow[] = await tx`
    select conversation_id, seq::float8 as seq, change::float8 as change, id, sender_id, client_id, text, has_media,
      created_at, unsent_at
    from messages
    where conversation_id = ${asked.conversationId} and seq = ${seqOfMessage(asked.messageId)} and id = ${asked.messageId}
      and sender_id = ${asked.personId} and exists (
        select 1 from members m where m.conversation_id = ${asked.conversationId} and m.person_id = ${asked.personId}
          and m.left_at is null)`;
  return row;
}

async function entomb(tx: Sql, media: MediaPurge, row: MessageRow): Promise<MessageRow> {
  const key = { id: row.conversation_id, seq: row.seq };
  const [{ change, last_seq: lastSeq }] = await tx`
    update conversations set last_change = last_change + 1 where id = ${key.id}
    returning last_change::float8 as change, last_seq::float8 as last_seq`;
  const unsentAt = new Date();
  await tx`
    update messages set text = '', fingerprint = null, has_media = false, unsent_at = ${unsentAt}, change = ${change}
    where conversation_id = ${key.id} and seq = ${key.seq}`;
  await recordErasures(
    tx,
    [{ kind: "message", conversationId: key.id, seq: key.seq, sentAt: row.created_at }],
    unsentAt,
  );
  const held: { media_id: string }[] = await tx`
    delete from message_media where conversation_id = ${key.id} and seq = ${key.seq} returning media_id`;
  await media.purge(
    tx,
    held.map((one) => one.media_id),
  );
  // A request whose one message is taken back has nothing left to accept; an earlier one was replaced already (R4).
  if (row.seq === lastSeq) await hideEmptyRequest(tx, key.id);
  return { ...row, text: "", has_media: false, unsent_at: unsentAt, change };
}

async function hideEmptyRequest(tx: Sql, conversationId: string): Promise<void> {
  await tx`
    update inbox i set folder = 'hidden'
    where i.conversation_id = ${conversationId} and i.folder = 'requests'
      and exists (select 1 from conversations c where c.id = ${conversationId} and c.kind = 'direct')
      and i.person_id in (select m.person_id from members m where m.conversation_id = ${conversationId})`;
}
