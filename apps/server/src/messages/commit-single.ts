import type { MessageDecision } from "@sotto/domain/may-message.ts";
import type { Sql } from "../db/sql.ts";
import type { SendFacts } from "./facts.ts";
import { messageId } from "../message-id.ts";
import { expiryOf } from "./expiry.ts";
import type { MessageRow } from "./message-view.ts";
import type { Said } from "./said.ts";
import type { Send } from "./sending.ts";

/** One message to write into a conversation that this transaction holds. */
export interface SingleWrite {
  send: Send;
  said: Said;
  to: Pick<SendFacts, "conversationId" | "memberIds" | "receiverId" | "disappearAfterSeconds">;
  print: string;
  as: Extract<MessageDecision, { allowed: true }>["as"];
  now: Date;
}

export interface Written {
  row: MessageRow;
  memberIds: readonly string[];
  /** Folders or state changed: clients get the conversation again. */
  stale: boolean;
}

export async function writeSingle(tx: Sql, write: SingleWrite): Promise<Written> {
  const { to, send, said, as, now } = write;
  const accepted = as === "acceptance";
  const [numbers] = await tx`
    update conversations set last_seq = last_seq + 1, last_change = last_change + 1,
      state = case when ${accepted} then 'accepted' else state end,
      declined_at = case when ${as === "request"} then null else declined_at end,
      requested_at = case when ${as === "request"} then ${now}::timestamptz else requested_at end
    where id = ${to.conversationId}
    returning last_seq::float8 as seq, last_change::float8 as change`;
  const row = toRow(write, numbers);
  await insertMessage(tx, row, write.print);
  await insertMedia(tx, row, said);
  if (accepted && to.receiverId === null) await acceptInvitation(tx, send);
  else if (accepted) await openForBoth(tx, to.conversationId);
  if (as === "request") await placeRequest(tx, { to, seq: row.seq });
  return { row, memberIds: to.memberIds, stale: as !== "message" };
}

function toRow({ send, said, to, now }: SingleWrite, numbers: { seq: number; change: number }): MessageRow {
  return {
    id: messageId(to.conversationId, numbers.seq),
    conversation_id: to.conversationId,
    seq: numbers.seq,
    change: numbers.change,
    sender_id: send.senderId,
    client_id: send.clientId,
    text: said.text,
    has_media: said.mediaIds.length > 0,
    created_at: now,
    unsent_at: null,
    reply_to_seq: said.replyToSeq,
    pinned_at: null,
    expires_at: expiryOf(
      { disappearAfterSeconds: to.disappearAfterSeconds, viewOnce: said.extras?.viewOnce !== undefined },
      now,
    ),
    extras: said.extras,
  };
}

async function insertMessage(tx: Sql, row: MessageRow, print: string): Promise<void> {
  await tx`
    insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, has_media, change, created_at,
      expires_at, reply_to_seq, extras)
    values (${row.conversation_id}, ${row.seq}, ${row.id}, ${row.sender_id}, ${row.client_id}, ${print}, ${row.text},
      ${row.has_media}, ${row.change}, ${row.created_at}, ${row.expires_at},
      ${row.reply_to_seq}, ${row.extras}::jsonb)`;
}

async function insertMedia(tx: Sql, row: MessageRow, { mediaIds, previewMediaId }: Said): Promise<void> {
  for (const [position, mediaId] of mediaIds.entries()) await attach(tx, row, { position, mediaId, role: "content" });
  if (previewMediaId !== null)
    await attach(tx, row, { position: previewPosition, mediaId: previewMediaId, role: "preview" });
}

/** After everything that a message may show. */
const previewPosition = 1_000;

/** Shown with the message from now on, and counted: it goes when the last message that holds it does (R9). */
async function attach(
  tx: Sql,
  row: Pick<MessageRow, "conversation_id" | "seq">,
  { position, mediaId, role }: { position: number; mediaId: string; role: "content" | "preview" },
): Promise<void> {
  await tx`
    insert into message_media (conversation_id, seq, position, media_id, role)
    values (${row.conversation_id}, ${row.seq}, ${position}, ${mediaId}, ${role})`;
}

/** The image of a preview that an edit brought. */
export async function attachPreview(
  tx: Sql,
  row: Pick<MessageRow, "conversation_id" | "seq">,
  mediaId: string,
): Promise<void> {
  await attach(tx, row, { position: previewPosition, mediaId, role: "preview" });
}

/** Whether every photo is the sender's and ready; locked against removal until the commit. */
export async function holdMedia(tx: Sql, send: Pick<Send, "mediaIds" | "senderId">): Promise<boolean> {
  if (send.mediaIds.length === 0) return true;
  const rows = await tx`
    select id from media
    where id = any(${tx.array([...send.mediaIds], "UUID")}::uuid[]) and owner_id = ${send.senderId} and state = 'ready'
    for share`;
  return rows.length === new Set(send.mediaIds).size;
}

/** R3: answering accepts; from now on both find it in their inbox. */
export async function openForBoth(tx: Sql, conversationId: string): Promise<void> {
  const members: { person_id: string }[] = await tx`
    select person_id from members where conversation_id = ${conversationId} order by person_id`;
  // In person order, as the flush writes them: neither waits for the other in a circle.
  for (const { person_id } of members) {
    await tx`
      update inbox set folder = 'inbox'
      where person_id = ${person_id} and conversation_id = ${conversationId} and folder in ('requests', 'hidden')`;
  }
}

/** R7: who writes into a group has accepted it; the others' invitations wait on. */
async function acceptInvitation(tx: Sql, { conversationId, senderId }: Send): Promise<void> {
  await tx`
    update members set invited_by = null where conversation_id = ${conversationId} and person_id = ${senderId}`;
  await tx`
    update inbox set folder = 'inbox'
    where person_id = ${senderId} and conversation_id = ${conversationId} and folder = 'requests'`;
}

/** R3, R4: a request holds one message; after the cool-down a new one takes the place of the earlier. */
async function placeRequest(tx: Sql, { to, seq }: { to: SingleWrite["to"]; seq: number }): Promise<void> {
  await tx`
    update members set visible_after_seq = ${seq - 1}
    where conversation_id = ${to.conversationId} and person_id = ${to.receiverId}`;
  await tx`
    update inbox set folder = 'requests'
    where person_id = ${to.receiverId} and conversation_id = ${to.conversationId}`;
}
