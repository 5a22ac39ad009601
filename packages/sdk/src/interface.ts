import type { CommandInput, CommandOutput } from "@sotto/protocol/commands.ts";
import type { Problem } from "@sotto/protocol/errors.ts";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Conversation, Me, Message, SendDecision } from "@sotto/protocol/types.ts";

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

/** A message on its way: shown at once, gone from here when the server has it. */
export interface Outgoing {
  clientId: string;
  text: string;
  attachments: readonly OutgoingAttachment[];
  /** `failed` keeps everything; `retry` goes on where it stopped, `cancel` drops it. */
  state: "queued" | "uploading" | "sending" | "failed";
  problem?: Problem;
  createdAtMs: number;
}

export interface ConversationState {
  /** Null until loaded, and for a person one never wrote with. */
  conversation: Conversation | null;
  maySend: SendDecision | null;
  /** Oldest first, without gaps from the first to the last one held. */
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  hasOlder: boolean;
  loading: boolean;
  problem: Problem | null;
}

export interface ConversationHandle {
  readonly state: Store<ConversationState>;
  /** Loads the newest page and the decision, and keeps them fresh until `close`. */
  open(): Promise<void>;
  close(): void;
  loadOlder(): Promise<void>;
  /** Returns at once with the client's id; progress is in `state.outgoing`. */
  send(content: { text: string; files?: readonly Blob[] }): string;
  retry(clientId: string): void;
  /** Stops the upload, drops the message. One that the server already has is not taken back: use `unsend`. */
  cancel(clientId: string): void;
  unsend(messageId: string): Promise<void>;
  /** Forward only; told to the server at most once a second. */
  markRead(seq: number): void;
  refresh(): Promise<void>;
}

export interface Sotto {
  readonly connection: Store<ConnectionState>;
  readonly me: Store<Me | null>;
  readonly inbox: Store<InboxState>;
  /** Connects and syncs; goes on by itself through every interruption until `stop`. */
  start(): void;
  stop(): void;
  loadOlderConversations(): Promise<void>;
  conversation(conversationId: string): ConversationHandle;
  /** The conversation with a person, whether it exists yet or not. */
  withPerson(personId: string): ConversationHandle;
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
