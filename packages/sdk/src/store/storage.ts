import type { Problem } from "@sotto/protocol/errors.ts";
import type { Conversation, Me, Message, Quote } from "@sotto/protocol/types.ts";
import type { ConversationUpdate } from "../interface.ts";

/** To whom: the conversation where it is known, else the person, whose first message makes it. */
export interface Target {
  conversationId?: string;
  personId?: string;
}

export interface StoredAttachment {
  name: string;
  sizeBytes: number;
  file?: Blob;
  /** Where a broken upload goes on. */
  uploadUrl?: string;
  mediaId?: string;
}

/** A message that the server does not have yet. Everything that a repeated send needs is here, so that it is the same send (R13). */
export interface StoredOutgoing {
  clientId: string;
  /** Whose session wrote it; empty until that is known. Never sent by another one. */
  senderId: string;
  /** The device's running client that works on it: another tab must not upload the same photo again. */
  ownerId: string;
  target: Target;
  text: string;
  replyToId?: string;
  /** What was answered, as it was shown: for the message's own place on the screen alone. */
  replyTo?: Quote;
  mentionIds?: readonly string[];
  previewId?: string;
  cardPersonId?: string;
  viewOnce?: boolean;
  noForward?: boolean;
  /** It sends another message on; `text` is only shown. */
  forwardOf?: { conversationId: string; messageId: string };
  attachments: StoredAttachment[];
  createdAtMs: number;
  problem?: Problem;
}

/** A small change that the server does not have yet (C17): each may be told twice with the effect of once. */
export interface StoredChange {
  id: string;
  /** As in `StoredOutgoing`. */
  senderId: string;
  ownerId: string;
  conversationId: string;
  createdAtMs: number;
  change: Change;
  /** The server refused it: it is told no more, only shown. */
  problem?: Problem;
}

export type Change =
  | { what: "edit"; messageId: string; text: string; mentionIds?: readonly string[]; previewId?: string | null }
  | { what: "react" | "unreact"; messageId: string; emoji: string }
  | { what: "pin" | "unpin" | "unsend"; messageId: string }
  | { what: "hide"; messageIds: readonly string[] }
  | { what: "update"; set: ConversationUpdate }
  | { what: "draft"; text: string; replyToId: string | null; writtenAt: string }
  | { what: "read"; seq: number };

/** The last view, shown before the first answer. */
export interface StoredView {
  me: Me;
  cursor: string | null;
  horizon: string;
  conversations: Conversation[];
  /** Ids of those whose unread count is a guess. */
  uncounted?: string[];
  /** The server's clock less this device's. */
  clockOffsetMs?: number;
}

/** The newest messages of a conversation that was open. */
export interface StoredLog {
  messages: readonly Message[];
  change: number;
  hasOlder: boolean;
  /** What I deleted for me near them, and how much of all that I deleted there is known. */
  hidden?: readonly number[];
  hiddenCount?: number;
  openedAtMs?: number;
}

/**
 * What survives a reload. Every write is atomic and durable as far as the device allows; a `Storage` never throws:
 * where the device refuses (private window, full disk) it goes on in memory.
 */
export interface Storage {
  outbox: Shelf<StoredOutgoing>;
  changes: Shelf<StoredChange>;
  /** By conversation id. Removed, or written without it, as soon as it holds what was unsent (R9). */
  logs: Shelf<StoredLog>;
  loadView(): Promise<StoredView | undefined>;
  saveView(view: StoredView): Promise<void>;
  clear(): Promise<void>;
  /** Logs and view, which the server has too; what waits stays. */
  clearCopies(): Promise<void>;
}

export interface Shelf<T> {
  /** With their keys. */
  all(): Promise<[string, T][]>;
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  remove(key: string): Promise<void>;
}
