import { expect, test } from "bun:test";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { InboxState } from "@sotto/sdk/interface.ts";
import { newsBetween } from "./news.ts";

const nowMs = Date.parse("2026-06-10T12:00:00Z");
const options = { myId: "me", nowMs };

test("C7 a line in the app is for what just came from somebody else, and is not muted or seen already", () => {
  const before = inbox([conversation("a", 1)]);
  const news = (after: Conversation, from = before) => newsBetween(from, inbox([after]), options).length;
  expect(news(conversation("a", 2))).toBe(1);
  expect(news(conversation("b", 1))).toBe(1);
  expect(news(conversation("a", 1))).toBe(0);
  expect(news(conversation("a", 2, { senderId: "me" }))).toBe(0);
  expect(news(conversation("a", 2, { unsentAt: "2026-06-10T12:00:00Z" }))).toBe(0);
  expect(news(conversation("a", 2, { createdAt: "2026-06-10T11:58:59Z" }))).toBe(0);
  expect(news({ ...conversation("a", 2), unread: 0 })).toBe(0);
  expect(news({ ...conversation("a", 2), mutedUntil: "2026-06-10T12:00:01Z" })).toBe(0);
  expect(news({ ...conversation("a", 2), mutedUntil: "2026-06-10T11:59:59Z" })).toBe(1);
  expect(news(conversation("a", 2), { ...before, ready: false })).toBe(0);
});

test("R3 C7 a request is told apart from a message", () => {
  const after = { ...inbox([]), requests: [conversation("r", 1)] };
  expect(newsBetween(inbox([]), after, options)).toMatchObject([{ is: "request" }]);
});

function inbox(conversations: Conversation[]): InboxState {
  return { ready: true, conversations, requests: [], badge: 0, hasOlder: false };
}

function conversation(id: string, seq: number, some: Partial<Message> = {}): Conversation {
  const lastMessage: Message = {
    id: `${id}${seq}`,
    conversationId: id,
    seq,
    change: seq,
    senderId: "other",
    text: "hello",
    media: [],
    createdAt: "2026-06-10T11:59:30Z",
    unsentAt: null,
    ...some,
  };
  return {
    id,
    kind: "direct",
    people: [],
    memberCount: 2,
    state: "accepted",
    lastMessage,
    lastSeq: seq,
    change: seq,
    readSeq: 0,
    unread: 1,
    pinned: false,
    archived: false,
    mutedUntil: null,
    activityAt: lastMessage.createdAt,
    draft: null,
    receipts: [],
    hiddenCount: 0,
    disappearAfterSeconds: null,
  };
}
