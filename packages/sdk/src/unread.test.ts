import { expect, test } from "bun:test";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { Inbox } from "./inbox.ts";
import { Recount } from "./recount.ts";
import { Sync } from "./sync.ts";
import { waits } from "./waits.ts";

/** Four of another person's in `a`, none of them read. */
function four(): Inbox {
  const inbox = new Inbox({ onConversation: () => undefined, serverNowMs: () => Date.now() });
  inbox.reload([conversation({ lastSeq: 4, change: 4, unread: 4 })]);
  return inbox;
}

test("R16: a count from before a message that overtook its answer is asked for again, not kept beside the new marker", () => {
  const inbox = four();
  inbox.read("a", { readSeq: 3 });
  expect(inbox.uncounted).toEqual(["a"]);
  // Somebody edits the first one, and that event overtakes the answer.
  inbox.message(message(1, 5), "me");
  inbox.takeAnswer(conversation({ lastSeq: 4, change: 4, readSeq: 3, unread: 1 }), 1);
  expect(inbox.get("a")).toMatchObject({ readSeq: 3, change: 5 });
  expect(inbox.uncounted).toEqual(["a"]);
  inbox.takeAnswer(conversation({ lastSeq: 4, change: 5, readSeq: 3, unread: 1 }), 2);
  expect(inbox.get("a")?.unread).toBe(1);
  expect(inbox.uncounted).toEqual([]);
});

test("R15, R16: a list of changes that a message overtook leaves the count to the next one", async () => {
  const inbox = four();
  const asked: unknown[] = [];
  const read = { lastSeq: 4, readSeq: 3, unread: 1 };
  const call = (async (_name: unknown, input: unknown) => {
    asked.push(input);
    const change = asked.length === 1 ? 4 : 5;
    if (asked.length === 1) inbox.message(message(1, 5), "me");
    return {
      reload: false,
      conversations: [conversation({ ...read, change })],
      cursor: `${change}`,
      hasMore: false,
      requests: 0,
    };
  }) as Call;
  const nothing = () => undefined;
  const sync = new Sync({ call, inbox, asked: () => 1, onReload: nothing, onPulled: nothing, onMoved: nothing });
  sync.cursor = "3";
  sync.start();
  await Bun.sleep(1);
  expect(inbox.get("a")?.unread).toBe(4);
  const listed = { conversationId: "a", change: 5, lastSeq: 4, readSeq: 3, stale: false };
  sync.event({ event: "inbox", since: "4", cursor: "5", changes: [listed] });
  await Bun.sleep(80);
  expect(inbox.get("a")?.unread).toBe(1);
  expect(asked.length).toBeGreaterThan(1);
  sync.stop();
});

test("R16: an answer from before a marker does not bring its number of unread ones", () => {
  const inbox = four();
  inbox.read("a", { readSeq: 4 });
  inbox.take([conversation({ lastSeq: 5, change: 5, readSeq: 0, unread: 5 })]);
  expect(inbox.uncounted).toEqual(["a"]);
  inbox.take([conversation({ lastSeq: 5, change: 5, readSeq: 4, unread: 1 })]);
  expect(inbox.get("a")).toMatchObject({ readSeq: 4, unread: 1 });
  expect(inbox.uncounted).toEqual([]);
});

test("R10, R16: what was hidden by an answer that a message overtook, and what is taken back, is counted by the server", () => {
  const hidden = four();
  hidden.message(message(5, 5), "me");
  hidden.take([conversation({ lastSeq: 4, change: 4, hiddenCount: 1, unread: 3 })]);
  expect(hidden.uncounted).toEqual(["a"]);
  const unsent = four();
  unsent.message({ ...message(2, 5), unsentAt: "2026-01-01T00:00:00Z" }, "me");
  expect(unsent.uncounted).toEqual(["a"]);
});

test("R16: a message whose forerunner is missing makes a guess of the count, until an answer holds both", () => {
  const inbox = four();
  inbox.message({ ...message(6, 6), senderId: "me" }, "me");
  inbox.message(message(5, 5), "me");
  inbox.message({ ...message(6, 6), senderId: "me" }, "me");
  expect(inbox.uncounted).toEqual(["a"]);
  inbox.take([conversation({ lastSeq: 6, change: 6, unread: 5 })]);
  expect(inbox.get("a")?.unread).toBe(5);
  expect(inbox.uncounted).toEqual([]);
});

test("R16: who is blocked, or is no more, changes the count of the groups that hold something unread of theirs", () => {
  const inbox = new Inbox({ onConversation: () => undefined, serverNowMs: () => Date.now() });
  const more = { kind: "group" as const, lastSeq: 4, change: 4, unread: 4 };
  inbox.reload([conversation(more), conversation({ ...more, id: "b", readSeq: 4, unread: 0 })]);
  inbox.setBlocked(["other"]);
  expect(inbox.uncounted).toEqual(["a"]);
  // Of more than twenty others not everybody is named.
  inbox.reload([conversation({ ...more, memberCount: 40 })]);
  inbox.setBlocked(["other", "not named"]);
  expect(inbox.uncounted).toEqual(["a"]);
});

test("C17: a count that is a guess is one after the program was ended too", () => {
  const inbox = new Inbox({ onConversation: () => undefined, serverNowMs: () => Date.now() });
  inbox.restore({ conversations: [conversation()], horizon: "", uncounted: ["a", "gone"] });
  expect(inbox.uncounted).toEqual(["a"]);
});

test("R16: a count that is a guess is asked for, and not for ever", async () => {
  const pace = { ...waits };
  Object.assign(waits, { recountMs: 1, firstBackOffMs: 1, longestBackOffMs: 2 });
  const inbox = four();
  let asked = 0;
  const call = (async () => {
    asked += 1;
    inbox.take([conversation({ lastSeq: 4, change: 4, readSeq: asked < 3 ? 0 : 2, unread: 2 })]);
    return {};
  }) as Call;
  const recount = new Recount({ call, inbox, pending: () => [] });
  inbox.read("a", { readSeq: 2 });
  recount.start();
  await Bun.sleep(60);
  expect(asked).toBe(3);
  inbox.read("a", { readSeq: 3 });
  asked = -1e6;
  recount.soon();
  await Bun.sleep(150);
  expect(asked + 1e6).toBeLessThan(15);
  recount.stop();
  Object.assign(waits, pace);
});

function conversation(change: Partial<Conversation> = {}): Conversation {
  return {
    ...{ id: "a", kind: "direct", memberCount: 2, state: "accepted", lastMessage: null, lastSeq: 1, change: 1 },
    people: [{ id: "other", username: "other", name: "Other", picture: null }],
    ...{ pinned: false, archived: false, mutedUntil: null, readSeq: 0, unread: 0, draft: null, receipts: [] },
    ...{ activityAt: "2026-01-01T00:00:00Z", hiddenCount: 0, disappearAfterSeconds: null },
    ...change,
  };
}

function message(seq: number, change: number): Message {
  const createdAt = "2026-03-01T00:00:00Z";
  const said = { text: "text", media: [], createdAt, unsentAt: null };
  return { id: `m${seq}`, conversationId: "a", seq, change, senderId: "other", ...said };
}
