import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { seqOfMessage } from "../message-id.ts";
import { extrasOf, toColumn, type MessageExtras, type Preview } from "./extras.ts";
import { isExpired } from "./message-view.ts";
import { readVisible } from "./read-visible.ts";
import { isTextOnly, type Send } from "./sending.ts";

/** What a send says, once everything that it names was looked up in its transaction. */
export interface Said {
  text: string;
  mediaIds: readonly string[];
  replyToSeq: number | null;
  extras: MessageExtras | null;
  /** The image of its preview: attached as well, and shown as that. */
  previewMediaId: string | null;
}

export interface SaidDeps {
  /** Given by `people/`. */
  personExists: (personId: string) => Promise<boolean>;
  /**
   * Given by `link-previews/`: takes a preview of this person's that nothing used yet, inside the transaction that attaches it,
   * and holds its image's row against removal. Null when there is none any more: the message goes without, as one that waited
   * offline for an hour must.
   */
  claimPreview: (tx: Sql, asked: { previewId: string; senderId: string; text: string }) => Promise<Preview | null>;
}

/** A send whose conversation may not be there yet. */
type Unplaced = Omit<Send, "conversationId"> & { conversationId: string | null };

/** What a message of somebody is made from when it is sent on. */
export interface Forwarded {
  text: string;
  mediaIds: readonly string[];
  textOnly: boolean;
  preview: Preview | undefined;
  cardPersonId: string | undefined;
}

/** Null where the send is no forward. */
export async function readForwarded(tx: Sql, send: Omit<Send, "conversationId">): Promise<Forwarded | Refusal | null> {
  const source = send.more?.forwardOf;
  if (!source) return null;
  // Held until the commit: what is unsent before that is not sent on. After the conversation's own lock, always.
  const row = await readVisible(tx, { personId: send.senderId, ...source }, { hold: true });
  if (!row || row.unsent_at !== null || isExpired(row, Date.now()))
    return refuse("not_found", { pointer: "/messageId" });
  const extras = extrasOf(row);
  if (extras.viewOnce || (extras.noForward && row.sender_id !== send.senderId)) return refuse("forward_forbidden");
  const held: { media_id: string; role: string }[] = await tx`
    select media_id, role from message_media
    where conversation_id = ${row.conversation_id} and seq = ${row.seq} order by position`;
  const mediaIds = held.flatMap((one) => (one.role === "content" ? [one.media_id] : []));
  if (
    !(await holdReady(
      tx,
      held.map((one) => one.media_id),
    ))
  )
    return refuse("not_found", { pointer: "/messageId" });
  const { preview, cardPersonId } = extras;
  return {
    text: row.text,
    mediaIds,
    textOnly: mediaIds.length === 0 && cardPersonId === undefined,
    preview,
    cardPersonId,
  };
}

/** Locked against removal until the commit (R9: a forward is a message of its own over a counted blob). */
async function holdReady(tx: Sql, mediaIds: readonly string[]): Promise<boolean> {
  if (mediaIds.length === 0) return true;
  const rows = await tx`
    select id from media where id = any(${plainArray(mediaIds)}::uuid[]) and state = 'ready' for share`;
  return rows.length === new Set(mediaIds).size;
}

/** Whether the policy meets a text and nothing else (R3); of a forward, what its source is. */
export function saysTextOnly(send: Omit<Send, "conversationId">, forwarded: Forwarded | null): boolean {
  return forwarded ? forwarded.textOnly : isTextOnly(send);
}

/** Looks up what the send names; `memberIds`: who can be mentioned. `request`: previews stay out (R3). */
export async function readSaid(
  tx: Sql,
  deps: SaidDeps,
  send: Unplaced,
  { forwarded, memberIds, request }: { forwarded: Forwarded | null; memberIds: readonly string[]; request: boolean },
): Promise<Said | Refusal> {
  if (forwarded) return saidAgain(forwarded, request);
  const { text, mediaIds, more } = send;
  if (!more) return { text, mediaIds, replyToSeq: null, extras: null, previewMediaId: null };
  const replyToSeq = more.replyToId === undefined ? null : await readSource(tx, send, more.replyToId);
  if (replyToSeq === undefined)
    return refuse("not_found", { detail: "It answers no message here.", pointer: "/replyToId" });
  if (more.cardPersonId !== undefined && !(await deps.personExists(more.cardPersonId)))
    return refuse("not_found", { detail: "There is no such person.", pointer: "/cardPersonId" });
  const preview = await claim(tx, deps, send);
  const extras: MessageExtras = {
    ...(more.noForward && { noForward: true as const }),
    ...mentionsOf(more.mentionIds, memberIds),
    ...(more.viewOnce && { viewOnce: { openedBy: [] } }),
    ...(more.cardPersonId !== undefined && { cardPersonId: more.cardPersonId }),
    ...(preview && { preview }),
  };
  return { text, mediaIds, replyToSeq, extras: toColumn(extras), previewMediaId: preview?.mediaId ?? null };
}

/** Members alone, each once: whoever left while it was written is nobody to tell. */
export function mentionsOf(
  mentionIds: readonly string[] | undefined,
  memberIds: readonly string[],
): Pick<MessageExtras, "mentionIds"> {
  const members = new Set(memberIds);
  const named = [...new Set(mentionIds)].filter((id) => members.has(id));
  return named.length === 0 ? {} : { mentionIds: named };
}

function saidAgain({ text, mediaIds, preview, cardPersonId }: Forwarded, request: boolean): Said {
  const shown = request ? undefined : preview;
  const extras: MessageExtras = {
    forwarded: true,
    ...(cardPersonId !== undefined && { cardPersonId }),
    ...(shown && { preview: shown }),
  };
  return { text, mediaIds, replyToSeq: null, extras, previewMediaId: shown?.mediaId ?? null };
}

/**
 * Undefined when there was no such message here in the sender's time. What was unsent, or what they deleted for themselves while
 * the answer waited offline, is answered all the same, and shows as gone where it is read: an answer is not lost for it (R10, C17).
 */
async function readSource(tx: Sql, send: Unplaced, replyToId: string): Promise<number | undefined> {
  const { conversationId, senderId } = send;
  if (conversationId === null) return undefined;
  const [row] = await tx`
    select m.seq::float8 as seq
    from messages m join members b on b.conversation_id = m.conversation_id and b.person_id = ${senderId}
      and b.left_at is null and b.visible_after_seq < m.seq
    where m.conversation_id = ${conversationId} and m.seq = ${seqOfMessage(replyToId)} and m.id = ${replyToId}`;
  return row?.seq;
}

async function claim(tx: Sql, deps: SaidDeps, { text, more, senderId }: Unplaced): Promise<Preview | null> {
  return more?.previewId === undefined
    ? null
    : await deps.claimPreview(tx, { previewId: more.previewId, senderId, text });
}
