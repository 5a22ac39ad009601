import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSotto } from "@sotto/sdk/client.ts";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import { memoryStorage } from "@sotto/sdk/store/memory.ts";
import type { Storage } from "@sotto/sdk/store/storage.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { cutLine } from "./cut-line.ts";
import { befriend, clientOf, signUp, until, type TestPerson } from "./people.ts";

/** What a conversation can do over the SDK: windows, changes that wait, what is kept on the device. */
let server: TestServer;
const clients: Sotto[] = [];

beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => {
  for (const one of clients) one.stop();
  await server?.stop();
}, 60_000);

test("C15: a jump shows a window from any depth; it takes edits, and becomes one with the live end", async () => {
  const [anna, ben] = await friends("window");
  const annas = clientOf(server.url, anna);
  const conversationId = await writeMany(annas, ben, 240);
  const handle = started(ben).conversation(conversationId);
  await handle.open();
  const { items } = await annas.call("messages.list", { conversationId, around: 30, limit: 1 });
  const target = items[0]?.id ?? "";
  expect(await handle.jumpTo({ messageId: target })).toBe(30);
  expect(handle.state.get().hasNewer).toBe(true);
  expect(seqs(handle)).toContain(30);
  isWhole(handle);
  await annas.call("messages.edit", { conversationId, messageId: target, text: "better words" });
  await until("the edit is in the window", () => textOf(handle, target) === "better words");
  await annas.call("messages.send", { conversationId, clientId: "new", text: "new" });
  await until("the new one is known", () => handle.state.get().conversation?.lastSeq === 241);
  expect(handle.state.get().messages.at(-1)?.text).not.toBe("new");
  await handle.loadOlder();
  while (handle.state.get().hasNewer) await handle.loadNewer();
  expect(seqs(handle).at(-1)).toBe(241);
  expect(textOf(handle, target)).toBe("better words");
  isWhole(handle);
  await handle.jumpTo({ seq: 200 });
  expect(handle.state.get().hasNewer).toBe(false);
  const gone = handle.jumpTo({ messageId: crypto.randomUUID() });
  expect(gone).rejects.toMatchObject({ code: "not_found" });

  expect(handle.state.get().messages.length).toBeGreaterThan(200);
  handle.close();
  expect(seqs(handle)).toEqual(Array.from({ length: 200 }, (_, at) => 42 + at));
  expect(handle.state.get().hasOlder).toBe(true);
  await handle.open();
  await handle.jumpTo({ seq: 3 });
  expect(handle.state.get().hasNewer).toBe(true);
  const late = handle.jumpTo({ seq: 4 });
  handle.close();
  await late;
  const later = handle.jumpTo({ seq: 2 });
  handle.close();
  await later;
  expect(handle.state.get().hasNewer).toBe(false);
  expect(seqs(handle).at(-1)).toBe(241);
  isWhole(handle);
}, 60_000);

test("a window is left for the live end, and loses nothing by an absence", async () => {
  const [anna, ben] = await friends("absent");
  const annas = clientOf(server.url, anna);
  const conversationId = await writeMany(annas, ben, 130);
  await using line = await cutLine(server.url);
  const handle = started(ben, { url: line.url }).conversation(conversationId);
  await handle.open();
  await handle.jumpTo({ seq: 10 });
  line.block();
  await annas.call("messages.react", { conversationId, messageId: idOf(handle, 10), emoji: "🎉" });
  await writeMany(annas, ben, 215);
  line.open();
  await until("the reaction is in the window", () => reactionsOf(handle, 10).length === 1, 30_000);
  isWhole(handle);
  handle.toLatest();
  await until("the newest one is here", () => seqs(handle).at(-1) === 345);
  isWhole(handle);
}, 90_000);

test("C17, R13: written, answered, reacted, edited, hidden and pinned without a network: all of it goes out once, after a restart", async () => {
  const [anna, ben] = await friends("offline");
  const bens = clientOf(server.url, ben);
  const storage = memoryStorage();
  await using line = await cutLine(server.url);
  const conversationId = await writeMany(bens, anna, 3);
  const first = started(anna, { url: line.url, storage });
  const before = first.conversation(conversationId);
  await before.open();
  before.send({ text: "mine" });
  await until("mine is there", () => before.state.get().messages.length === 4);
  await until("and kept", async () => (await storage.logs.get(conversationId))?.messages.length === 4);
  await until("with the inbox", async () => {
    const view = await storage.loadView();
    return view?.cursor !== null && view?.conversations[0]?.lastSeq === 4;
  });
  line.block();
  first.stop();

  const second = started(anna, { url: line.url, storage });
  const handle = second.conversation(conversationId);
  void handle.open();
  await until("it opens with what it had", () => handle.state.get().messages.length === 4 && second.inbox.get().ready);
  handle.send({ text: "an answer", replyToId: idOf(handle, 1) });
  void handle.react(idOf(handle, 1), "👍");
  void handle.edit(idOf(handle, 4), "mine, better");
  void handle.hide([idOf(handle, 2)]);
  void handle.update({ pinned: true });
  handle.saveDraft("and then");
  handle.markRead(3);
  const shown = handle.state.get();
  expect(shown.messages.map((one) => one.text)).toEqual(["text 0", "text 2", "mine, better"]);
  expect(shown.outgoing[0]?.replyTo).toMatchObject({ seq: 1, text: "text 0" });
  expect(shown.conversation).toMatchObject({ pinned: true, draft: { text: "and then" }, readSeq: 3 });
  expect(shown.waiting).toHaveLength(2);
  second.stop();

  line.open();
  const third = started(anna, { url: line.url, storage });
  const after = third.conversation(conversationId);
  await after.open();
  await until(
    "nothing waits",
    async () => (await storage.changes.all()).length + (await storage.outbox.all()).length === 0,
  );
  const { items } = await clientOf(server.url, anna).call("messages.list", { conversationId });
  expect(items.map((one) => one.text)).toEqual(["text 0", "text 2", "mine, better", "an answer"]);
  expect(items[0]?.reactions).toMatchObject([{ emoji: "👍", mine: true }]);
  expect(items[3]?.replyTo).toMatchObject({ seq: 1 });
  const { conversation } = await clientOf(server.url, anna).call("conversations.get", { conversationId });
  expect(conversation).toMatchObject({ pinned: true, draft: { text: "and then" }, readSeq: 3 });
  await until("and this device holds the same", () => Bun.deepEquals(after.state.get().messages, items));
}, 60_000);

test("C17: what is written after a dropped draft is the later one, also in the same millisecond", async () => {
  const [anna, ben] = await friends("drafts");
  const conversationId = await writeMany(clientOf(server.url, anna), ben, 1);
  const storage = memoryStorage();
  const times: string[] = [];
  const put: Storage["changes"]["put"] = async (id, stored) => {
    if (stored.change.what === "draft") times.push(stored.change.writtenAt);
    await storage.changes.put(id, stored);
  };
  const sotto = started(anna, { storage: { ...storage, changes: { ...storage.changes, put } } });
  const handle = sotto.conversation(conversationId);
  await handle.open();
  await until("it is here", () => handle.state.get().conversation !== null);
  for (let n = 0; n < 100; n++) for (const text of ["first", "", `next ${n}`]) handle.saveDraft(text);
  expect(times).toHaveLength(300);
  expect(times).toEqual([...new Set(times)].toSorted());
  await until("the server has the last one", async () => {
    const { conversation } = await clientOf(server.url, anna).call("conversations.get", { conversationId });
    return conversation.draft?.text === "next 99";
  });
});

test("R9: a stored copy of a conversation that nobody opened loses what was unsent as soon as the device hears of it", async () => {
  const [anna, ben] = await friends("evict");
  const bens = clientOf(server.url, ben);
  const storage = memoryStorage();
  const conversationId = await writeMany(bens, anna, 2);
  const first = started(anna, { storage });
  const before = first.conversation(conversationId);
  await before.open();
  await until("kept", async () => (await storage.logs.get(conversationId))?.messages.length === 2);
  const target = idOf(before, 1);
  first.stop();
  await bens.call("messages.unsend", { conversationId, messageId: target });
  started(anna, { storage });
  await until(
    "gone from the device",
    async () => !JSON.stringify(await storage.logs.get(conversationId)).includes("text 0"),
  );
  const view = async () => JSON.stringify(await storage.loadView());
  await bens.call("messages.unsend", { conversationId, messageId: idOf(before, 2) });
  await until(
    "gone from there too",
    async () => !JSON.stringify(await storage.logs.get(conversationId)).includes("text 1"),
  );
  await until("and from the inbox's copy", async () => !(await view()).includes("text 1"));
}, 60_000);

test("R9: an answer that waits does not keep the words of what it answers once they are taken back", async () => {
  const [anna, ben] = await friends("quoted");
  const bens = clientOf(server.url, ben);
  const storage = memoryStorage();
  const conversationId = await writeMany(bens, anna, 2);
  const sotto = started(anna, { storage });
  const handle = sotto.conversation(conversationId);
  await handle.open();
  const target = idOf(handle, 1);
  // Too long: it is refused, and stays as failed.
  handle.send({ text: "x".repeat(70_000), replyToId: target });
  await until("refused", () => handle.state.get().outgoing[0]?.state === "failed");
  expect(handle.state.get().outgoing[0]?.replyTo?.text).toBe("text 0");
  await bens.call("messages.unsend", { conversationId, messageId: target });
  await until("not quoted any more", () => handle.state.get().outgoing[0]?.replyTo?.kind === "gone");
  expect(JSON.stringify(await storage.outbox.all())).not.toContain("text 0");
});

test("a refused change is taken back, rejected and named", async () => {
  const [anna, ben] = await friends("refused");
  const conversationId = await writeMany(clientOf(server.url, ben), anna, 1);
  const sotto = started(anna);
  const handle = sotto.conversation(conversationId);
  await handle.open();
  const edit = handle.edit(idOf(handle, 1), "not mine to change");
  expect(handle.state.get().messages[0]?.text).toBe("not mine to change");
  expect(edit).rejects.toMatchObject({ code: "not_found" });
  await until("taken back", () => handle.state.get().messages[0]?.text === "text 0");
  const [refused] = sotto.refused.get();
  expect(refused).toMatchObject({ what: "edit", conversationId, problem: { code: "not_found" } });
  sotto.dismissRefused(refused?.id ?? "");
  expect(sotto.refused.get()).toEqual([]);
});

test("C8: typing, receipts and presence come to who shows theirs", async () => {
  const [anna, ben] = await friends("seen");
  const conversationId = await writeMany(clientOf(server.url, anna), ben, 1);
  const [annas, bens] = [started(anna), started(ben)];
  for (const one of [annas, bens])
    await one.call("settings.update", { typing: true, readReceipts: true, presence: true });
  const [ofAnna, ofBen] = [annas.conversation(conversationId), bens.conversation(conversationId)];
  await Promise.all([ofAnna.open(), ofBen.open()]);
  ofBen.typing();
  await until("anna sees ben write", () => ofAnna.state.get().typing.includes(ben.id));
  ofBen.send({ text: "done" });
  await until("and stop", () => ofAnna.state.get().typing.length === 0 && ofAnna.state.get().messages.length === 2);
  ofBen.markRead(1);
  await until("read", () => ofAnna.state.get().receipts.some((one) => one.personId === ben.id && one.readSeq >= 1));
  await until("here", async () => (await annas.presence([ben.id]))[0]?.online === true);
}, 30_000);

async function friends(name: string): Promise<[TestPerson, TestPerson]> {
  const pair: [TestPerson, TestPerson] = [
    await signUp(server.url, `${name}_anna`),
    await signUp(server.url, `${name}_ben`),
  ];
  await befriend(server.url, ...pair);
  return pair;
}

function started(person: TestPerson, options: { url?: string; storage?: Storage } = {}): Sotto {
  const { url = server.url, storage } = options;
  const sotto = createSotto({ url, credential: { kind: "bearer", token: person.token } }, storage);
  sotto.start();
  clients.push(sotto);
  return sotto;
}

async function writeMany(from: Sotto, to: TestPerson, count: number): Promise<string> {
  let conversationId = "";
  for (let n = 0; n < count; n++) {
    const clientId = crypto.randomUUID();
    const answer = await from.call("messages.sendToPerson", { personId: to.id, clientId, text: `text ${n}` });
    conversationId = answer.conversation.id;
  }
  return conversationId;
}

function seqs(handle: ConversationHandle): number[] {
  return handle.state.get().messages.map((one) => one.seq);
}

function isWhole(handle: ConversationHandle): void {
  const all = seqs(handle);
  expect(all).toEqual(all.map((_, index) => (all[0] ?? 0) + index));
}

function idOf(handle: ConversationHandle, seq: number): string {
  return handle.state.get().messages.find((one) => one.seq === seq)?.id ?? "";
}

function textOf(handle: ConversationHandle, messageId: string): string | undefined {
  return handle.state.get().messages.find((one) => one.id === messageId)?.text;
}

function reactionsOf(handle: ConversationHandle, seq: number) {
  return handle.state.get().messages.find((one) => one.seq === seq)?.reactions ?? [];
}
