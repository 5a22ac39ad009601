import type { Media, Message, PersonBrief } from "@sotto/protocol/types.ts";
import { isoTime, isShowable } from "../damage.ts";
import type { Sql } from "../db/sql.ts";
import { areExtras, extrasOf, type MessageExtras } from "./extras.ts";
import { onceView } from "./once-view.ts";

/** A message as stored; sequence numbers are read as float8, exact up to 2^53. */
export interface MessageRow {
  conversation_id: string;
  seq: number;
  change: number;
  id: string;
  sender_id: string;
  client_id: string;
  text: string;
  has_media: boolean;
  created_at: Date;
  unsent_at: Date | null;
  reply_to_seq: number | null;
  pinned_at: Date | null;
  expires_at: Date | null;
  extras: MessageExtras | null;
}

/** The columns of a `MessageRow`, from `messages m`. */
export function messageColumns(sql: Sql) {
  return sql`
    m.conversation_id, m.seq::float8 as seq, m.change::float8 as change, m.id, m.sender_id, m.client_id, m.text, m.has_media,
    m.created_at, m.unsent_at, m.reply_to_seq::float8 as reply_to_seq, m.pinned_at, m.expires_at, m.extras`;
}

/** What a message shows besides its row: `message-parts.ts` reads it. */
export interface MessageParts {
  media: readonly Media[];
  previewImage: Media | null;
  card: PersonBrief | undefined;
  /** Only where it answers one. */
  replyTo: Message["replyTo"];
}

export const noParts: MessageParts = { media: [], previewImage: null, card: undefined, replyTo: undefined };

/**
 * As `viewerId` sees it: the client's id is for its sender alone. Unsent, or past its time: a tombstone (R9), whether or not the
 * row has been emptied yet.
 */
export function toMessage(row: MessageRow, viewerId: string, parts = noParts, nowMs = Date.now()): Message {
  const extras = extrasOf(row);
  const goneAt = row.unsent_at ?? (isExpired(row, nowMs) ? row.expires_at : null);
  const once = extras.viewOnce !== undefined;
  const base = {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    change: row.change,
    senderId: row.sender_id,
    ...(row.sender_id === viewerId && { clientId: row.client_id }),
    text: once || (goneAt !== null && row.unsent_at === null) ? "" : row.text,
    media: once || goneAt !== null ? [] : [...parts.media],
    createdAt: isoTime(row.created_at),
    unsentAt: goneAt === null ? null : isoTime(goneAt),
    ...(isDamaged(row) && { damaged: true as const }),
  };
  if (goneAt === null) return { ...base, ...furtherOf(row, extras, viewerId, parts) };
  const gone = row.unsent_at === null ? "expired" : extras.gone;
  return gone === undefined ? base : { ...base, gone };
}

/** What is there only where it applies. */
function furtherOf(row: MessageRow, extras: MessageExtras, viewerId: string, parts: MessageParts): Partial<Message> {
  if (row.extras === null && row.reply_to_seq === null && row.pinned_at === null && row.expires_at === null) return {};
  const { editedAt, forwarded, noForward, mentionIds, reactions } = extras;
  return {
    ...(parts.replyTo && { replyTo: parts.replyTo }),
    ...(editedAt !== undefined && { editedAt }),
    ...(forwarded && { forwarded }),
    ...(noForward && { noForward }),
    ...(!extras.viewOnce && mentionIds && mentionIds.length > 0 && { mentionIds }),
    ...(reactions && reactions.length > 0 && { reactions: viewReactions(reactions, viewerId) }),
    ...(row.pinned_at !== null && { pinnedAt: isoTime(row.pinned_at) }),
    ...(!extras.viewOnce && viewPreview(extras.preview, parts.previewImage)),
    ...(!extras.viewOnce && parts.card && { card: parts.card }),
    ...(extras.viewOnce && { viewOnce: onceView(row, extras.viewOnce, viewerId) }),
    ...(row.expires_at !== null && { expiresAt: isoTime(row.expires_at) }),
  };
}

const reactorsShown = 20;

function viewReactions(reactions: NonNullable<MessageExtras["reactions"]>, viewerId: string): Message["reactions"] {
  return reactions.map(([emoji, personIds]) => ({
    emoji,
    count: personIds.length,
    mine: personIds.includes(viewerId),
    personIds: personIds.slice(0, reactorsShown),
  }));
}

function viewPreview(preview: MessageExtras["preview"], image: Media | null): Pick<Message, "preview"> {
  if (!preview) return {};
  const { url, host, title, description, siteName } = preview;
  return { preview: { url, host, title, description, siteName, image } };
}

/** Whether its time is over, though nobody may have emptied the row yet (R21). */
export function isExpired(row: Pick<MessageRow, "expires_at">, nowMs: number): boolean {
  return row.expires_at !== null && isShowable(row.expires_at) && row.expires_at.getTime() <= nowMs;
}

/** T30: its times are none, or its extras something else. Text and numbers are what their columns can hold. */
export function isDamaged(row: MessageRow): boolean {
  const times = [row.created_at, row.unsent_at, row.pinned_at, row.expires_at];
  return times.some((time) => time !== null && !isShowable(time)) || !areExtras(row.extras);
}
