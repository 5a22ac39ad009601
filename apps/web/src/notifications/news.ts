import type { Conversation } from "@sotto/protocol/types.ts";
import type { InboxState } from "@sotto/sdk/interface.ts";

/** Something new for somebody who is looking at something else. */
export type News = { is: "message"; conversation: Conversation } | { is: "request"; conversation: Conversation };

/** What arrives late, after an absence, is in the list: nobody needs to be told of it one by one. */
const freshMs = 60_000;

/** What came in between two states of the inbox. Pure. */
export function newsBetween(before: InboxState, after: InboxState, options: { myId: string; nowMs: number }): News[] {
  if (!before.ready || !after.ready) return [];
  const seen = new Map([...before.conversations, ...before.requests].map((one) => [one.id, one.lastSeq]));
  const isNews = (conversation: Conversation) => {
    const { lastMessage: message, unread, mutedUntil } = conversation;
    return (
      message !== null &&
      unread > 0 &&
      message.senderId !== options.myId &&
      message.unsentAt === null &&
      message.seq > (seen.get(conversation.id) ?? 0) &&
      (mutedUntil === null || Date.parse(mutedUntil) <= options.nowMs) &&
      options.nowMs - Date.parse(message.createdAt) < freshMs
    );
  };
  return [
    ...after.conversations.filter(isNews).map((conversation): News => ({ is: "message", conversation })),
    ...after.requests.filter(isNews).map((conversation): News => ({ is: "request", conversation })),
  ];
}
