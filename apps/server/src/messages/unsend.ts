import type { Message } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Publish } from "../fanout/publish.ts";
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
  const done = await deps.sql.begin(async (tx) => {
    // The conversation first, as in a send: the change number is given out under its lock.
    await tx`select 1 from conversations where id = ${asked.conversationId} for no key update`;
    const found = await readOwn(tx, asked);
    if (!found) return null;
    return found.unsent_at ? { row: found, memberIds: [] } : await entomb(tx, deps.media, found);
  });
  if (!done) return refuse("not_found");
  await deps.media.deleteBlobs();
  const own = toMessage(done.row, asked.personId);
  if (done.memberIds.length > 0) {
    const { clientId: _, ...theirs } = own;
    deps.publish(done.memberIds.filter((id) => id !== asked.personId), { event: "message.changed", message: theirs });
    deps.publish([asked.personId], { event: "message.changed", message: own });
    deps.inbox.touch(asked.conversationId, { stale: true });
  }
  return own;
}

/** A message of one's own, found by its id among one's own sends. */
async function readOwn(tx: Sql, asked: { personId: string; conversationId: string; messageId: string }): Promise<MessageRow | undefined> {
  const [row]: MessageRow[] = await tx`
    select conversation_id, seq::float8 as seq, change::float8 as change, id, sender_id, client_id, text, has_media,
      created_at, unsent_at
    from messages
    where conversation_id = ${asked.conversationId} and sender_id = ${asked.personId} and id = ${asked.messageId}
      and exists (
        select 1 from members m where m.conversation_id = ${asked.conversationId} and m.person_id = ${asked.personId}
          and m.left_at is null)`;
  return row;
}

async function entomb(tx: Sql, media: MediaPurge, row: MessageRow): Promise<{ row: MessageRow; memberIds: string[] }> {
  const key = { id: row.conversation_id, seq: row.seq };
  const [{ change }] = await tx`
    update conversations set last_change = last_change + 1 where id = ${key.id} returning last_change::float8 as change`;
  const unsentAt = new Date();
  await tx`
    update messages set text = '', fingerprint = null, has_media = false, unsent_at = ${unsentAt}, change = ${change}
    where conversation_id = ${key.id} and seq = ${key.seq}`;
  const held: { media_id: string }[] = await tx`
    delete from message_media where conversation_id = ${key.id} and seq = ${key.seq} returning media_id`;
  await media.purge(tx, held.map((one) => one.media_id));
  // A request whose one message is taken back has nothing left to accept.
  await tx`
    update inbox i set folder = 'hidden'
    where i.conversation_id = ${key.id} and i.folder = 'requests'
      and i.person_id in (select m.person_id from members m where m.conversation_id = ${key.id})`;
  const members: { person_id: string }[] = await tx`
    select person_id from members where conversation_id = ${key.id} and left_at is null`;
  const tombstone = { ...row, text: "", has_media: false, unsent_at: unsentAt, change };
  return { row: tombstone, memberIds: members.map((member) => member.person_id) };
}
