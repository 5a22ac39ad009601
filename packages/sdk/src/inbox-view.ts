import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { InboxState } from "./interface.ts";

/** Pure: what is shown of the conversations held, and how one of them changes. */

const unreadCap = 100;

/**
 * `horizon` is the activity of the oldest conversation up to which nothing is missing: an older one that came in by a
 * change of its own is shown once its neighbours are there.
 */
export function inboxState(
  held: Iterable<Conversation>,
  options: { ready: boolean; horizon: string; nowMs: number },
): InboxState {
  const all = [...held].sort(newestFirst);
  const conversations = all.filter(
    (one) => !one.archived && isConversation(one) && (one.pinned || one.activityAt >= options.horizon),
  );
  return {
    ready: options.ready,
    conversations,
    requests: all.filter((one) => one.state === "request_received"),
    badge: all.filter((one) => isConversation(one) && !one.archived && one.unread > 0 && !isMuted(one, options.nowMs))
      .length,
    hasOlder: options.horizon !== "",
  };
}

/**
 * What the server says, unless we hold newer messages already: an answer may be older than an event that overtook it. The
 * time of activity never goes back, and is at least the last message's: the server derives it some moments after the message.
 */
export function mergeConversation(held: Conversation | undefined, incoming: Conversation): Conversation {
  const readSeq = Math.max(held?.readSeq ?? 0, incoming.readSeq);
  const { lastMessage, lastSeq, change, unread } = held && incoming.change < held.change ? held : incoming;
  const times = [held?.activityAt ?? "", incoming.activityAt, lastMessage?.createdAt ?? ""];
  const activityAt = times.sort().at(-1) ?? "";
  const hiddenCount = Math.max(held?.hiddenCount ?? 0, incoming.hiddenCount);
  const counts = { readSeq, hiddenCount, unread: readSeq >= lastSeq ? 0 : unread };
  return { ...incoming, lastMessage, lastSeq, change, activityAt, ...counts };
}

/** A new message or a changed one; `isCounted`: neither mine nor of somebody whom I blocked (R16). One that we hold already changes nothing; a jump is left for the pull to count. */
export function withMessage(held: Conversation, message: Message, isCounted: boolean): Conversation {
  if (message.change <= held.change) return held;
  const isNewest = message.seq >= (held.lastMessage?.seq ?? held.lastSeq);
  const next = {
    ...held,
    lastMessage: isNewest ? message : held.lastMessage,
    lastSeq: Math.max(held.lastSeq, message.seq),
    activityAt: message.seq > held.lastSeq ? laterOf(held.activityAt, message.createdAt) : held.activityAt,
  };
  if (message.change > held.change + 1) return next;
  return { ...next, change: message.change, unread: countUnread(held, message, isCounted) };
}

/** R16: forward only. */
export function readUpTo(held: Conversation, read: { readSeq: number; unread?: number }): Conversation {
  if (read.readSeq < held.readSeq) return held;
  const unread = read.readSeq >= held.lastSeq ? 0 : (read.unread ?? held.unread);
  if (read.readSeq === held.readSeq && unread === held.unread) return held;
  return { ...held, readSeq: read.readSeq, unread };
}

function countUnread(held: Conversation, message: Message, isCounted: boolean): number {
  if (!isCounted || message.seq <= held.readSeq) return held.unread;
  if (message.unsentAt === null) return message.seq > held.lastSeq ? Math.min(unreadCap, held.unread + 1) : held.unread;
  // At the cap the true number is not known here: the pull that follows brings it.
  return held.unread >= unreadCap || message.seq > held.lastSeq ? held.unread : Math.max(0, held.unread - 1);
}

/** Two nodes' clocks need not agree with the order of seq. */
function laterOf(one: string, other: string): string {
  return one > other ? one : other;
}

function newestFirst(a: Conversation, b: Conversation): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  if (a.activityAt !== b.activityAt) return a.activityAt < b.activityAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

function isConversation(one: Conversation): boolean {
  return one.state === "accepted" || one.state === "request_sent";
}

function isMuted(one: Conversation, nowMs: number): boolean {
  return one.mutedUntil !== null && Date.parse(one.mutedUntil) > nowMs;
}
