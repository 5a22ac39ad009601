import type { RequestRules } from "@sotto/domain/may-message.ts";
import type { Message } from "@sotto/protocol/types.ts";
import type { DamageLog } from "../damage.ts";
import type { Sql } from "../db/sql.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Publish } from "../fanout/publish.ts";
import type { Limit } from "../limits.ts";
import type { MediaReader, PeopleReader } from "./message-parts.ts";
import type { SaidDeps } from "./said.ts";
import { encodeBoth, SentMessage } from "./sent-message.ts";
import type { ToldAgain } from "./told-again.ts";

/** One send on its way through the pipeline. */
export interface Send {
  conversationId: string;
  senderId: string;
  clientId: string;
  text: string;
  mediaIds: readonly string[];
  /** What few messages have. With any of it a send goes by itself (`send-single.ts`). */
  more?: SendMore | undefined;
  connectionId?: string | undefined;
  /** It has been counted by the rate limit: whatever makes it go round again, once is enough. */
  charged?: boolean;
}

/** Ids are the client's: `said.ts` looks each of them up, in the transaction. */
export interface SendMore {
  replyToId?: string | undefined;
  mentionIds?: readonly string[] | undefined;
  previewId?: string | undefined;
  cardPersonId?: string | undefined;
  viewOnce?: boolean | undefined;
  noForward?: boolean | undefined;
  forwardOf?: { conversationId: string; messageId: string } | undefined;
}

/** A text and nothing else: what a request may be (R3). Whom it names or answers changes nothing about that. */
export function isTextOnly({ mediaIds, more }: Pick<Send, "mediaIds" | "more">): boolean {
  if (mediaIds.length > 0) return false;
  return !more || (more.previewId === undefined && more.cardPersonId === undefined && !more.viewOnce);
}

/** Whether it can be written with a batch, as far as the send itself says. */
export function isPlain({ mediaIds, more }: Pick<Send, "mediaIds" | "more">): boolean {
  return mediaIds.length === 0 && more === undefined;
}

/** One person's sends into one conversation keep their order. */
export function laneOf({ conversationId, senderId }: Pick<Send, "conversationId" | "senderId">): string {
  return conversationId + senderId;
}

export interface SendDeps extends SaidDeps {
  sql: Sql;
  /** The batches' own connection: one runs at a time. */
  batchSql: Sql;
  /** The key of fingerprints. */
  secret: string;
  rules: RequestRules;
  limit: Limit;
  media: MediaReader;
  people: PeopleReader;
  damaged: DamageLog;
  publish: Publish;
  inbox: InboxFlush;
  toldAgain: ToldAgain;
  nowMs: () => number;
  onError: (error: unknown) => void;
}

/** A committed message as its receivers see it, and whom it concerns. */
export interface Announcement {
  send: Send;
  memberIds: readonly string[];
  message: Message;
  /** Something besides messages changed: clients get the conversation again. */
  stale: boolean;
}

/** Tells everybody; answers the message as its sender sees it. Encoded once, whoever receives it. */
export function announce(
  deps: Pick<SendDeps, "publish" | "inbox">,
  { send, memberIds, message, stale }: Announcement,
): Message {
  const { theirs, own } = encodeBoth(message, send.clientId);
  const payload = `{"event":"message","message":${theirs}}`;
  for (const id of memberIds) if (id !== send.senderId) deps.publish.encoded(id, payload);
  deps.publish.encoded(send.senderId, `{"event":"message","message":${own}}`, send.connectionId);
  deps.inbox.touch(message.conversationId, { stale });
  return new SentMessage(message, send.clientId, own);
}
