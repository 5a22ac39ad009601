import { expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import type { Call } from "./call.ts";
import { History } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { LogShelf } from "./log-shelf.ts";
import { startLog } from "./message-log.ts";
import { memoryStorage } from "./store/memory.ts";
import type { Storage } from "./store/storage.ts";

const hourMs = 3_600_000;

test("C19: what disappears does so by the server's clock, also where the device's is an hour fast", async () => {
  const serverNowMs = () => Date.now() - hourMs;
  const storage = memoryStorage();
  await storage.logs.put("c", { messages: [message({ leftMs: 60_000 - hourMs })], change: 1, hasOlder: false });
  await storage.saveView({ me, cursor: null, horizon: "", conversations: [], clockOffsetMs: -hourMs });
  const { history } = open(storage, serverNowMs);
  await history.restore();
  expect(history.newest.map((one) => one.text)).toEqual(["canary"]);
  history.letGo();
});

test("R21: and where it is an hour slow", async () => {
  const storage = memoryStorage();
  await storage.logs.put("c", { messages: [message({ leftMs: 1_000 })], change: 1, hasOlder: false });
  const { history } = open(storage, () => Date.now() + hourMs);
  await history.restore();
  expect(history.newest.map((one) => [one.text, one.gone])).toEqual([["", "expired"]]);
  history.letGo();
});

test("R9: a conversation that was let go writes nothing over what a later one keeps", async () => {
  const storage = memoryStorage();
  const { history, shelf } = open(storage, () => Date.now());
  shelf.noteOpened("c");
  await storage.logs.put("c", {
    messages: [message({ seq: 1 }), message({ seq: 2, leftMs: 150 })],
    change: 2,
    hasOlder: false,
  });
  await history.restore();
  history.letGo();
  const unsent = { ...message({ seq: 1 }), change: 3, text: "", unsentAt: new Date().toISOString() };
  shelf.save("c", startLog({ items: [unsent], change: 3, hasOlder: false }), 0);
  await Bun.sleep(400);
  expect(JSON.stringify(await storage.logs.all())).not.toContain("canary");
});

function open(storage: Storage, serverNowMs: () => number) {
  const call: Call = () => Promise.reject(new Error("nothing is asked here"));
  const shelf = new LogShelf(storage, serverNowMs);
  const inbox = new Inbox({ onConversation: () => undefined, serverNowMs });
  const history = new History({
    ...{ call, inbox, shelf, serverNowMs },
    conversationId: () => "c",
    onChange: () => undefined,
  });
  return { history, shelf };
}

function message({ seq = 1, leftMs }: { seq?: number; leftMs?: number }): Message {
  const ids = { id: `m${seq}`, conversationId: "c", seq, change: seq, senderId: "p" };
  const ends = leftMs === undefined ? {} : { expiresAt: new Date(Date.now() + leftMs).toISOString() };
  return { ...ids, ...ends, text: "canary", media: [], createdAt: "2026-01-01T00:00:00Z", unsentAt: null };
}

const me = { id: "p" } as Parameters<Storage["saveView"]>[0]["me"];
