import type { Problem } from "@sotto/protocol/errors.ts";
import type { Conversation, Me, Message, Quote } from "@sotto/protocol/types.ts";

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

/** The last view, shown before the first answer. */
export interface StoredView {
  me: Me;
  cursor: string | null;
  horizon: string;
  conversations: Conversation[];
}

export interface StoredLog {
  messages: readonly Message[];
  change: number;
  hasOlder: boolean;
}

/**
 * What survives a reload. Every write is atomic and durable as far as the device allows; a `Storage` never throws:
 * where the device refuses (private window, full disk) it goes on in memory.
 */
export interface Storage {
  loadOutbox(): Promise<StoredOutgoing[]>;
  saveOutgoing(outgoing: StoredOutgoing): Promise<void>;
  removeOutgoing(clientId: string): Promise<void>;
  loadView(): Promise<StoredView | undefined>;
  saveView(view: StoredView): Promise<void>;
  loadLog(conversationId: string): Promise<StoredLog | undefined>;
  /** Undefined removes it: it may hold what was unsent (R9). */
  saveLog(conversationId: string, log: StoredLog | undefined): Promise<void>;
  clear(): Promise<void>;
}
