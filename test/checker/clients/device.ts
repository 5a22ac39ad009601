import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Somebody } from "../../../apps/server/test/api-kit.ts";
import type { Outcome, View } from "../history.ts";
import type { Chat } from "../world.ts";

/** What a person made with one device, as far as they know. */
export interface OwnSend {
  conversationId: string;
  clientId: string;
  text: string;
  mediaIds: string[];
  /** What it answers. */
  replyToId?: string;
  /** The message, once the server has said so. */
  messageId: string | null;
}

export interface SendContent {
  conversationId: string;
  text: string;
  photo?: Uint8Array;
  replyToId?: string;
}

/** One client of the workload: operations are written against this, whatever speaks the protocol below. */
export interface Device {
  readonly name: string;
  readonly person: Somebody;
  /** The real SDK; else the raw protocol. */
  readonly isSdk: boolean;
  readonly sent: OwnSend[];
  /** This person's conversations, those they left included. */
  chats(): readonly Chat[];
  call(kind: string, command: CommandName, input: Record<string, unknown>): Promise<Outcome>;
  /** Sends until there is an answer that settles it, the same client id each time; or until time is over. */
  send(kind: string, content: SendContent): Promise<void>;
  /** The newest change and seq that this device knows of a conversation. */
  known(conversationId: string): { change: number; lastSeq: number };
  cursor(): string | null;
  start(): void;
  /**
   * Fetches what it lacks, as it would after an absence. `goal` says which change each conversation has reached: one that
   * heals by itself waits for it, within limits, and nothing is fetched by it.
   */
  catchUp(goal: ReadonlyMap<string, number>): Promise<void>;
  finalViews(): View[];
  finalSummaries(): ReadonlyMap<string, { change: number; lastSeq: number; readSeq: number }>;
  stop(): void;
}
