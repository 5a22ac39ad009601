import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { Problem } from "@sotto/protocol/errors.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Conversation, Draft, Me, Message, Quote, SendDecision } from "@sotto/protocol/types.ts";

/**
 * What the SDK offers, for browsers, Node and Bun. Everything that changes is a `Store`: read it, subscribe to it;
 * `get` returns the same object until something changed, so it fits React's `useSyncExternalStore`.
 */
export interface Store<T> {
  get(): T;
  subscribe(listener: () => void): () => void;
}

export type ConnectionState =
  /** Not started, or stopped. */
  | { is: "idle" }
  | { is: "connecting" }
  | { is: "online" }
  /** Waiting to try again; sends queue meanwhile. */
  | { is: "offline"; retryAtMs: number }
  /** The session is over: sign in again. */
  | { is: "signed_out" }
  /** This client is too old or too new for the server: reload the app. */
  | { is: "version_unsupported" };

export interface InboxState {
  /** False until the first answer (or a stored copy) is there. */
  ready: boolean;
  /** Folder `inbox`: pinned first, then newest first. */
  conversations: readonly Conversation[];
  requests: readonly Conversation[];
  /** Conversations with something unread that are not muted (R16): the badge. */
  badge: number;
  hasOlder: boolean;
}

export interface OutgoingAttachment {
  name: string;
  sizeBytes: number;
  uploadedBytes: number;
  /** The file itself, for a local preview; absent after a reload where files cannot be kept. */
  file?: Blob;
  phase: "waiting" | "uploading" | "processing" | "ready" | "failed";
}

/** What a message says. Everything but the files is kept as it is, so that a repeated send is the same one (R13). */
export interface Content {
  text: string;
  files?: readonly Blob[];
  /** The message that this one answers, of the same conversation. */
  replyToId?: string;
  mentionIds?: readonly string[];
  /** From `linkPreviews.create`. */
  previewId?: string;
  /** A profile to share. */
  cardPersonId?: string;
  viewOnce?: boolean;
  noForward?: boolean;
}

/** A message on its way: shown at once, gone from here when the server has it. */
export interface Outgoing {
  clientId: string;
  text: string;
  attachments: readonly OutgoingAttachment[];
  /** `failed` keeps everything; `retry` goes on where it stopped, `cancel` drops it. */
  state: "queued" | "uploading" | "sending" | "failed";
  problem?: Problem;
  createdAtMs: number;
  /** What it answers, as far as this device holds it. */
  replyTo?: Quote;
  /** It is sent on from another message; `text` is that one's. */
  forwarded?: true;
  viewOnce?: true;
  cardPersonId?: string;
}

/** A change that the server refused: what was shown of it is taken back. */
export interface RefusedChange {
  id: string;
  what: ChangeKind;
  conversationId: string;
  messageId?: string;
  /** What an edit or a draft would have said: nobody has to write it again. */
  text?: string;
  problem: Problem;
}

export type ChangeKind =
  | "edit"
  | "react"
  | "unreact"
  | "pin"
  | "unpin"
  | "hide"
  | "unsend"
  | "update"
  | "draft"
  | "read";

/** Pin, archive or mute a conversation, for me alone. */
export interface ConversationUpdate {
  pinned?: boolean;
  archived?: boolean;
  mutedUntil?: string | null;
}

export interface ConversationState {
  /** Null until loaded, and for a person one never wrote with. */
  conversation: Conversation | null;
  maySend: SendDecision | null;
  /**
   * Oldest first, without gaps from the first to the last one held, changes of mine that are still on their way applied: the
   * live end, or after `jumpTo` the window around a message.
   */
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  hasOlder: boolean;
  /** True in a window that does not reach the live end: `loadNewer`, `toLatest`. */
  hasNewer: boolean;
  /** Messages with a change of mine that the server does not have yet. */
  waiting: readonly string[];
  /** What is being written, of all my devices the latest. */
  draft: Draft | null;
  /** Who writes now (C8). */
  typing: readonly string[];
  /** How far others have read, of those who show it to me (C8). */
  receipts: readonly { personId: string; readSeq: number }[];
  loading: boolean;
  problem: Problem | null;
}

export interface ConversationHandle {
  readonly state: Store<ConversationState>;
  /** Loads the newest page and the decision, and keeps them fresh until `close`. */
  open(): Promise<void>;
  /** The newest messages stay; a window, and what lies further back, is loaded again when it is asked for. */
  close(): void;
  loadOlder(): Promise<void>;
  /** Of a window; does nothing at the live end. */
  loadNewer(): Promise<void>;
  /**
   * Shows the messages around this one, from any depth of history; `state.hasNewer` tells whether that is a window. Resolves with its
   * seq once it is among `state.messages`. Throws `SottoError`: `not_found` where there is nothing for me.
   */
  jumpTo(where: { messageId: string } | { seq: number }): Promise<number>;
  /** Leaves the window for the live end. */
  toLatest(): void;
  /**
   * Lets go of the messages shown that are further than so many from this one: `loadOlder` and `loadNewer` bring them again. For
   * lists that somebody scrolls through for hours.
   */
  keepAround(seq: number, most: { before?: number; after?: number }): void;
  /** Returns at once with the client's id; progress is in `state.outgoing`. Sending clears the draft. */
  send(content: Content): string;
  retry(clientId: string): void;
  /** Stops the upload, drops the message. One that the server already has is not taken back: use `unsend`. */
  cancel(clientId: string): void;
  /** Sends on what a message of this conversation says; returns the client's id at once, like `send` there. */
  forward(messageId: string, to: { conversationId: string } | { personId: string }): string;
  /**
   * These show at once and are kept until the server has them, through reloads and without a network; applied in the order in which
   * they were made. They resolve when the server has them, and reject with `SottoError` when it refuses: then what was shown is taken
   * back, and `Sotto.refused` lists it.
   */
  edit(messageId: string, text: string, options?: EditOptions): Promise<void>;
  react(messageId: string, emoji: string): Promise<void>;
  unreact(messageId: string, emoji: string): Promise<void>;
  pin(messageId: string): Promise<void>;
  unpin(messageId: string): Promise<void>;
  /** Delete for me (R10). */
  hide(messageIds: readonly string[]): Promise<void>;
  /** For everybody (R9). */
  unsend(messageId: string): Promise<void>;
  /** Pin, archive or mute the conversation. */
  update(change: ConversationUpdate): Promise<void>;
  /** View once (C19): never kept on the device; only while connected. `expiresAt` is in this device's time. Throws `SottoError`. */
  openOnce(messageId: string): Promise<CommandOutput<"messages.openOnce">>;
  closeOnce(messageId: string): Promise<void>;
  /** Call it at every change of the composer; it is told some moments after the last one. Empty drops the draft. */
  saveDraft(text: string, replyToId?: string | null): void;
  /** Call it at every keystroke: told every few seconds at most, and only if my setting shows it (C8). */
  typing(): void;
  /** Forward only; told to the server at most once a second. */
  markRead(seq: number): void;
  refresh(): Promise<void>;
}

export interface EditOptions {
  mentionIds?: readonly string[];
  /** Left out: the preview stays where its address still stands in the text. Null removes it. */
  previewId?: string | null;
}

export interface Sotto {
  readonly connection: Store<ConnectionState>;
  readonly me: Store<Me | null>;
  readonly inbox: Store<InboxState>;
  /** Changes that the server refused, newest last, until dismissed; through reloads too. */
  readonly refused: Store<readonly RefusedChange[]>;
  dismissRefused(id: string): void;
  /** Connects and syncs; goes on by itself through every interruption until `stop`. */
  start(): void;
  stop(): void;
  loadOlderConversations(): Promise<void>;
  conversation(conversationId: string): ConversationHandle;
  /** The conversation with a person, whether it exists yet or not. */
  withPerson(personId: string): ConversationHandle;
  /** Who of these is here now, of those who show it to me (C8). */
  presence(personIds: readonly string[]): Promise<CommandOutput<"people.presence">["items"]>;
  /** Any command of the contract; over the socket when it is open, over HTTP otherwise. Throws `SottoError`. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** Resumable; resolves with the medium's id once the server has it ready. Throws `SottoError`. */
  upload(
    file: Blob,
    options?: { onProgress?: (uploadedBytes: number, sizeBytes: number) => void; signal?: AbortSignal },
  ): Promise<string>;
  /** Forgets what is stored on this device, the session's end included. */
  signOut(): Promise<void>;
}

/** `none` is for signing up and in from outside a browser: only `call` works with it. */
export type Credential = { kind: "cookie" } | { kind: "bearer"; token: string } | { kind: "none" };

export interface SottoOptions {
  /** Origin of the server: `https://dm.example`. In the web app, `location.origin`. */
  url: string;
  /** `cookie` in the web app of the same origin; `bearer` elsewhere. */
  credential: Credential;
  /** Outbox and last view survive a reload with `indexeddb`; `memory` is the default. */
  storage?: "memory" | "indexeddb";
}
