import type { Media, Message } from "@sotto/protocol/types.ts";
import { isoTime, isShowable } from "../damage.ts";

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
}

/** As `viewerId` sees it: the client's id is for its sender alone. */
export function toMessage(row: MessageRow, viewerId: string, media: readonly Media[] = []): Message {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    change: row.change,
    senderId: row.sender_id,
    ...(row.sender_id === viewerId && { clientId: row.client_id }),
    text: row.text,
    media: [...media],
    createdAt: isoTime(row.created_at),
    unsentAt: row.unsent_at === null ? null : isoTime(row.unsent_at),
    ...(isDamaged(row) && { damaged: true as const }),
  };
}

/** T30: its times are none. Text and numbers are what their columns can hold. */
export function isDamaged(row: MessageRow): boolean {
  return !isShowable(row.created_at) || (row.unsent_at !== null && !isShowable(row.unsent_at));
}
