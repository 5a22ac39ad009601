import { expect, test } from "bun:test";
import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { Inbox } from "./inbox.ts";
import { mergeConversation, readUpTo, withMessage } from "./inbox-view.ts";
import { Sync } from "./sync.ts";

test("C10: pinned first, then newest first; requests apart; archived and hidden not shown", () => {
  const inbox = newInbox();
  inbox.reload([
    conversation("a", { activityAt: "2026-01-01T00:00:00Z" }),
    conversation("b", { activityAt: "2026-01-03T00:00:00Z" }),
    conversation("c", { activityAt: "2025-01-01T00:00:00Z", pinned: true }),
    conversation("d", { state: "request_received" }),
    conversation("e", { archived: true }),
    conversation("f", { state: "hidden" }),
  ]);
  expect(inbox.state.get().conversations.map((one) => one.id)).toEqual(["c", "b", "a"]);
  expect(inbox.state.get().requests.map((one) => one.id)).toEqual(["d"]);
});

test("R16: the badge counts conversations with something unread that are not muted", () => {
  const inbox = newInbox();
  const later = new Date(Date.now() + 60_000).toISOString();
  const before = new Date(Date.now() - 60_000).toISOString();
  inbox.reload([
    conversation("a", { unread: 3 }),
    conversation("b", { unread: 0 }),
    conversation("c", { unread: 1, mutedUntil: later }),
    conversation("d", { unread: 1, mutedUntil: before }),
    conversation("e", { unread: 1, state: "request_received" }),
  ]);
  expect(inbox.state.get().badge).toBe(2);
});

test("R16: not one's own, not tombstones; the marker never moves back", () => {
  let held = conversation("a", { lastSeq: 4, change: 4, readSeq: 4 });
  held = withMessage(held, message(5, 5, "other"), true);
  held = withMessage(held, message(6, 6, "me"), false);
  held = withMessage(held, message(7, 7, "other"), true);
  expect(held.unread).toBe(2);
  held = withMessage(held, { ...message(5, 8, "other"), unsentAt: "2026-01-01T00:00:00Z" }, true);
  expect(held.unread).toBe(1);
  held = withMessage(held, message(7, 7, "other"), true);
  expect(held.unread).toBe(1);
  held = readUpTo(held, { readSeq: 7 });
  expect(held).toMatchObject({ readSeq: 7, unread: 0 });
  expect(readUpTo(held, { readSeq: 3, unread: 4 })).toBe(held);
});

test("R16: in a group, messages of somebody whom I blocked do not count", () => {
  const inbox = newInbox();
  inbox.reload([conversation("a", { kind: "group", lastSeq: 4, change: 4, readSeq: 4 })]);
  inbox.setBlocked(["blocked"]);
  inbox.message(message(5, 5, "blocked"), "me");
  inbox.message(message(6, 6, "other"), "me");
  expect(inbox.get("a")).toMatchObject({ lastSeq: 6, unread: 1 });
});

test("C22: an answer that was asked for before something newer was here does not bring an older pin or draft back", () => {
  const inbox = newInbox();
  inbox.takePulled([conversation("a", { pinned: true })], 7);
  inbox.takeAnswer(conversation("a", { pinned: false }), 5);
  expect(inbox.get("a")?.pinned).toBe(true);
  inbox.takeAnswer(conversation("a", { pinned: false }), 8);
  expect(inbox.get("a")?.pinned).toBe(false);
});

test("an answer that was overtaken by an event does not take the message back", () => {
  const held = withMessage(conversation("a", { lastSeq: 4, change: 4, readSeq: 4 }), message(5, 5, "other"), true);
  const merged = mergeConversation(held, conversation("a", { lastSeq: 4, change: 4, readSeq: 2, pinned: true }));
  expect(merged).toMatchObject({ lastSeq: 5, change: 5, readSeq: 4, unread: 1, pinned: true });
});

test("C10: an answer given between a message and its place in the inbox does not hold the conversation down", () => {
  const last = message(5, 5, "other");
  const early = conversation("a", { lastSeq: 5, change: 5, lastMessage: last, activityAt: "2026-01-01T00:00:00Z" });
  expect(mergeConversation(undefined, early).activityAt).toBe(last.createdAt);
  const held = withMessage(conversation("a", { lastSeq: 4, change: 4 }), last, true);
  expect(mergeConversation(held, { ...early, lastMessage: null }).activityAt).toBe(last.createdAt);
});

test("C22: a page of the inbox that was asked for before a pin, and comes after its answer, does not undo it", async () => {
  const inbox = newInbox();
  inbox.reload(Array.from({ length: 50 }, (_, n) => conversation(`n${n}`)));
  const { promise: page, resolve } = Promise.withResolvers<object>();
  let asked = 1;
  const loading = inbox.loadOlder((() => (asked++, page)) as unknown as Call, () => asked);
  inbox.takeAnswer(conversation("n7", { pinned: true }), ++asked);
  resolve({ items: [conversation("n7"), conversation("n8", { pinned: true })], next: null });
  await loading;
  expect([inbox.get("n7")?.pinned, inbox.get("n8")?.pinned]).toEqual([true, true]);
});

test("an old conversation that came in by a change of its own waits for its neighbours", async () => {
  const inbox = newInbox();
  const newest = Array.from({ length: 50 }, (_, n) =>
    conversation(`n${n}`, { activityAt: `2026-02-01T00:00:${10 + n}Z` }),
  );
  inbox.reload(newest);
  inbox.take([conversation("old", { activityAt: "2024-01-01T00:00:00Z" })]);
  expect(inbox.state.get().conversations).toHaveLength(50);
  expect(inbox.state.get().hasOlder).toBe(true);
  const neighbour = conversation("neighbour", { activityAt: "2025-01-01T00:00:00Z" });
  const answers = [
    { items: newest, next: "1" },
    { items: [neighbour, conversation("old", { activityAt: "2024-01-01T00:00:00Z" })], next: null },
  ];
  await inbox.loadOlder(
    answering(() => answers.shift() ?? fail()),
    () => 0,
  );
  expect(
    inbox.state
      .get()
      .conversations.slice(50)
      .map((one) => one.id),
  ).toEqual(["neighbour", "old"]);
  expect(inbox.state.get().hasOlder).toBe(false);
});

test("R15: the cursor moves by an event only when nothing that it lists is missing", async () => {
  const inbox = newInbox();
  const pulls: unknown[] = [];
  let answer: CommandOutput<"sync.pull"> = {
    reload: true,
    conversations: [conversation("a")],
    cursor: "1",
    hasMore: false,
    requests: 0,
  };
  const call = answering((input) => (pulls.push(input), answer));
  const sync = new Sync({
    call,
    inbox,
    asked: () => 0,
    onReload: () => undefined,
    onPulled: () => undefined,
    onMoved: () => undefined,
  });
  sync.start();
  await sync.pull();
  const before = pulls.length;
  inbox.message(message(2, 2, "other"), "me");
  sync.event({ event: "inbox", since: "1", cursor: "2", changes: [listed({ change: 2, lastSeq: 2 })] });
  expect(sync.cursor).toBe("2");
  expect(pulls).toHaveLength(before);
  answer = {
    reload: false,
    conversations: [conversation("a", { change: 4, lastSeq: 4 })],
    cursor: "4",
    hasMore: false,
    requests: 0,
  };
  sync.event({ event: "inbox", since: "2", cursor: "4", changes: [listed({ change: 4, lastSeq: 4 })] });
  expect(sync.cursor).toBe("2");
  await Bun.sleep(80);
  expect(pulls.at(-1)).toEqual({ cursor: "2" });
  expect(sync.cursor).toBe("4");
  sync.event({ event: "inbox", since: "5", cursor: "6", changes: [] });
  expect(sync.cursor).toBe("4");
  await Bun.sleep(80);
  expect(pulls).toHaveLength(before + 2);
  sync.stop();
});

test("C22: a question that was asked while a pull was on its way, and read before it, does not undo what the pull brought", async () => {
  const inbox = newInbox();
  let asked = 0;
  const { promise: pulled, resolve } = Promise.withResolvers<object>();
  const sync = new Sync({
    call: (() => (asked++, pulled)) as unknown as Call,
    inbox,
    asked: () => asked,
    onReload: () => undefined,
    onPulled: () => undefined,
    onMoved: () => undefined,
  });
  sync.cursor = "1";
  const pulling = sync.pull();
  const getAskedAt = ++asked;
  const draft = { text: "mine", replyToId: null, writtenAt: "2026-01-01T00:00:00.000Z" };
  const conversations = [conversation("a", { draft, pinned: true })];
  resolve({ reload: false, conversations, cursor: "2", hasMore: false, requests: 0 });
  await pulling;
  // The event of the draft has nothing to say any more.
  sync.event({ event: "inbox", since: "1", cursor: "2", changes: [listed({ change: 1, lastSeq: 1 })] });
  inbox.takeAnswer(conversation("a"), getAskedAt);
  expect(inbox.get("a")).toMatchObject({ draft, pinned: true });
  inbox.takeAnswer(conversation("a"), ++asked);
  expect(inbox.get("a")?.draft).toBeNull();
});

test("C17: the answer to a draft of mine that comes late brings back neither what was dropped nor one of the same moment", () => {
  const inbox = newInbox();
  const [at, later] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z"];
  const mine = { draft: { text: "mine", replyToId: null, writtenAt: at }, writtenAt: at, askedAt: 1 };
  inbox.takePulled([conversation("a")], 2);
  inbox.draft("a", mine);
  expect(inbox.get("a")?.draft).toBeNull();
  const other = { text: "other", replyToId: null, writtenAt: at };
  inbox.takePulled([conversation("a", { draft: other })], 3);
  inbox.draft("a", mine);
  expect(inbox.get("a")?.draft).toEqual(other);
  inbox.draft("a", { ...mine, draft: { ...mine.draft, writtenAt: later } });
  expect(inbox.get("a")?.draft?.text).toBe("mine");
  inbox.takePulled([conversation("a", { draft: other })], 4);
  inbox.draft("a", { ...mine, askedAt: 5 });
  expect(inbox.get("a")?.draft?.text).toBe("mine");
});

function newInbox(): Inbox {
  return new Inbox({ onConversation: () => undefined, serverNowMs: () => Date.now() });
}

function answering(answer: (input: unknown) => unknown): Call {
  return (async (_name: unknown, input: unknown) => answer(input)) as Call;
}

function fail(): never {
  throw new Error("asked too often");
}

function listed(change: { change: number; lastSeq: number }) {
  return { conversationId: "a", readSeq: 0, stale: false, ...change };
}

function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  const people = [{ id: `person ${id}`, username: id, name: id, picture: null }];
  const own = { pinned: false, archived: false, mutedUntil: null, readSeq: 0, unread: 0 };
  const activityAt = "2026-01-01T00:00:00Z";
  return {
    id,
    kind: "direct",
    people,
    memberCount: 2,
    state: "accepted",
    lastMessage: null,
    lastSeq: 1,
    change: 1,
    activityAt,
    draft: null,
    receipts: [],
    hiddenCount: 0,
    disappearAfterSeconds: null,
    ...own,
    ...change,
  };
}

function message(seq: number, change: number, senderId: string): Message {
  const createdAt = "2026-03-01T00:00:00Z";
  return {
    id: `m${seq}`,
    conversationId: "a",
    seq,
    change,
    senderId,
    text: "text",
    media: [],
    createdAt,
    unsentAt: null,
  };
}
