import { afterAll, beforeAll, expect, test } from "bun:test";
import { paths } from "@sotto/protocol/paths.ts";
import { createSotto } from "@sotto/sdk/client.ts";
import { localError } from "@sotto/sdk/error.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { memoryStorage } from "@sotto/sdk/store/memory.ts";
import type { Storage } from "@sotto/sdk/store/storage.ts";
import { waits } from "@sotto/sdk/waits.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { holdingLine } from "./holding-line.ts";
import { befriend, clientOf, signUp, until, type TestPerson } from "./people.ts";

// What stays on a device, and what goes, when the session of whoever used it ends.
let server: TestServer;
const running: Sotto[] = [];

beforeAll(async () => {
  server = await startTestServer({ config: { defaultWhoMayMessage: "everyone" } });
}, 60_000);
afterAll(async () => {
  for (const sotto of running) sotto.stop();
  await server.stop();
});

test("C1: a session that is ended elsewhere signs its client out, and what waits is kept", async () => {
  const anna = await signUp(server.url, "ended");
  const sotto = startedOn(memoryStorage(), anna.token);
  await until("online", () => sotto.connection.get().is === "online" && sotto.me.get() !== null);
  const elsewhere = clientOf(server.url, anna);
  const { items } = await elsewhere.call("sessions.list", {});
  await elsewhere.call("sessions.revoke", { sessionId: items[0]?.id ?? "" });
  await until("signed out", () => sotto.connection.get().is === "signed_out");
  const handle = sotto.withPerson(anna.id);
  handle.send({ text: "later" });
  await Bun.sleep(50);
  expect(handle.state.get().outgoing[0]?.state).toBe("queued");
});

test("R9, R21: a device whose session was ended elsewhere keeps what waits, and nothing of what others wrote", async () => {
  const { saveMs } = waits;
  waits.saveMs = 20;
  const [anna, ben] = await friends("elsewhere");
  const toAnna = { personId: anna.id, clientId: "a", text: "canary" };
  const { message } = await clientOf(server.url, ben).call("messages.sendToPerson", toAnna);
  const storage = memoryStorage();
  const { id: messageId, seq, conversationId } = message;
  const quote = { messageId, seq, kind: "text" as const, senderId: ben.id, text: "canary" };
  const failed = { clientId: "failed", senderId: anna.id, ownerId: "gone", attachments: [], createdAtMs: 1 };
  const { problem } = localError("not_accepting");
  await storage.outbox.put("failed", {
    ...{ ...failed, target: { conversationId }, text: "mine", replyToId: messageId, replyTo: quote, problem },
  });
  const tabs = [1, 2].map(() => startedOn(storage, anna.token));
  const handles = tabs.map((tab) => tab.conversation(conversationId));
  await Promise.all(handles.map((handle) => handle.open()));
  const kept = async () =>
    JSON.stringify([await storage.outbox.all(), await storage.logs.all(), (await storage.loadView()) ?? null]);
  await until("all is kept", async () => (await kept()).split("canary").length > 3);
  const { items } = await clientOf(server.url, anna).call("sessions.list", {});
  await clientOf(server.url, anna).call("sessions.revoke", { sessionId: items[0]?.id ?? "" });
  await until("signed out", () => tabs.every((tab) => tab.connection.get().is === "signed_out"));
  handles[0]?.send({ text: "later" });
  // What was about to be written.
  await Bun.sleep(100);
  const shown = tabs.map((tab, n) => [tab.inbox.get(), tab.me.get(), handles[n]?.state.get().messages]);
  expect(shown).toMatchObject([1, 2].map(() => [{ ready: false, conversations: [] }, null, []]));
  expect(handles[0]?.state.get().outgoing.map((one) => [one.text, one.replyTo])).toEqual([
    ["mine", undefined],
    ["later", undefined],
  ]);
  expect(await kept()).not.toContain("canary");
  expect([await storage.logs.all(), await storage.loadView()]).toEqual([[], undefined]);
  // They come back, and what waited is sent; somebody else comes, and it is gone.
  const password = "a long enough password";
  const { token = "" } = await clientOf(server.url, ben).call("auth.signIn", { username: anna.username, password });
  const again = startedOn(storage, token);
  const waiting = async () => (await storage.outbox.all()).map(([, one]) => one.text);
  await until("sent", async () => !(await waiting()).includes("later"));
  await until("shown", () => again.inbox.get().conversations[0]?.lastMessage?.text === "later");
  expect(await storage.outbox.get("failed")).toMatchObject({ text: "mine", senderId: anna.id });
  waits.saveMs = saveMs;
});

test("C17: what waits of somebody whose session was ended elsewhere goes when another one signs in", async () => {
  const [anna, ben] = await friends("another");
  const storage = memoryStorage();
  const left = { senderId: anna.id, ownerId: "gone", createdAtMs: 1 };
  const target = { personId: ben.id };
  await storage.outbox.put("a", { ...left, clientId: "a", target, text: "only anna's", attachments: [] });
  await storage.changes.put("b", { ...left, id: "b", conversationId: "c", change: { what: "read", seq: 1 } });
  startedOn(storage, ben.token);
  await until("gone", async () => (await storage.outbox.all()).length + (await storage.changes.all()).length === 0);
});

test("C1: an answer that comes after signing out leaves nothing of that person on the device", async () => {
  const [anna, ben] = await friends("late");
  await clientOf(server.url, ben).call("messages.sendToPerson", { personId: anna.id, clientId: "a", text: "canary" });
  const { items } = await clientOf(server.url, anna).call("conversations.list", { folder: "inbox" });
  const conversationId = items[0]?.id ?? "";
  const storage = memoryStorage();
  await using line = holdingLine(server.url);
  const device = createSotto({ url: line.url, credential: { kind: "bearer", token: anna.token } }, storage);
  const asked = [
    { command: paths["me.get"], ask: () => device.call("me.get", {}) },
    {
      command: paths["conversations.get"].replace("{conversationId}", conversationId),
      ask: () => device.call("conversations.get", { conversationId }),
    },
  ];
  const late = [];
  for (const { command, ask } of asked) {
    const held = line.holdNext(command);
    late.push({ answer: ask(), ...held });
    await held.isRead;
  }
  await device.signOut();
  for (const { release } of late) release();
  const codes = await Promise.all(
    late.map(
      async ({ answer }) =>
        await answer.then(
          () => "",
          ({ code }) => String(code),
        ),
    ),
  );
  expect(codes).toEqual(["unavailable", "unavailable"]);
  expect(device.me.get()).toBeNull();
  expect(JSON.stringify([device.inbox.get(), (await storage.loadView()) ?? null])).not.toContain("canary");
  expect(await storage.loadView()).toBeUndefined();
});

test("C9 R18: a late answer to the deletion of an account takes what waited of it, and nothing of whoever is here by then", async () => {
  const [anna, ben] = await friends("deleted");
  const storage = memoryStorage();
  await using line = holdingLine(server.url, { sockets: true });
  const gone = startedOn(storage, anna.token, line.url);
  await until("who is here is known", () => gone.me.get() !== null && gone.inbox.get().ready);
  const left = { senderId: anna.id, ownerId: "gone", createdAtMs: 1, attachments: [] };
  await storage.outbox.put("anna's", { ...left, clientId: "anna's", target: { personId: ben.id }, text: "canary" });
  const held = line.holdNext(paths["me.delete"]);
  const answer = gone.call("me.delete", { password: "a long enough password" });
  await held.isRead;
  await until("her session is over", () => gone.connection.get().is === "signed_out");
  const bens = startedOn(storage, ben.token);
  await until("ben is here", () => bens.inbox.get().ready);
  await storage.outbox.put("ben's", {
    ...left,
    clientId: "ben's",
    senderId: ben.id,
    target: { personId: ben.id },
    text: "b",
  });
  await storage.outbox.put("anna's", { ...left, clientId: "anna's", target: { personId: ben.id }, text: "canary" });
  held.release();
  expect(await answer).toEqual({});
  expect((await storage.outbox.all()).map(([id]) => id)).toEqual(["ben's"]);
  await until("ben's is kept", async () => (await storage.loadView())?.me.id === ben.id);
  expect(bens.me.get()?.id).toBe(ben.id);
  bens.stop();
});

test("C1: signing out ends when the session does, though its answer never comes; a late one takes nothing of the next person", async () => {
  const [anna, ben] = await friends("out");
  const storage = memoryStorage();
  await using line = holdingLine(server.url, { sockets: true });
  const device = startedOn(storage, anna.token, line.url);
  await until("online", () => device.connection.get().is === "online" && device.inbox.get().ready);
  const held = line.holdNext(paths["auth.signOut"]);
  await device.signOut();
  const bens = startedOn(storage, ben.token);
  await until("ben's is kept", async () => (await storage.loadView())?.me.id === ben.id);
  held.release();
  await Bun.sleep(100);
  expect((await storage.loadView())?.me.id).toBe(ben.id);
  bens.stop();
});

test("R18: what waits with a quote is gone after signing out, with and without a network", async () => {
  const [anna, ben] = await friends("quotes");
  for (const away of [false, true]) {
    const storage = slowStorage();
    await using line = holdingLine(server.url, { sockets: true });
    const password = "a long enough password";
    const { token = "" } = await clientOf(server.url, ben).call("auth.signIn", { username: anna.username, password });
    const device = startedOn(storage, token, line.url);
    await until("online", () => device.connection.get().is === "online" && device.inbox.get().ready);
    const replyTo = { messageId: "m", seq: 1, kind: "text" as const, senderId: ben.id, text: "canary" };
    const left = { senderId: anna.id, ownerId: "gone", createdAtMs: 1, attachments: [], target: { personId: ben.id } };
    for (const clientId of ["a", "b"]) await storage.outbox.put(clientId, { ...left, clientId, text: "mine", replyTo });
    if (away) await line[Symbol.asyncDispose]();
    await device.signOut().catch(() => undefined);
    await Bun.sleep(50);
    expect(await storage.outbox.all()).toEqual([]);
  }
});

/** As a disk: what is read was there a moment ago. */
function slowStorage(): Storage {
  const memory = memoryStorage();
  const all = async () => {
    const read = await memory.outbox.all();
    await Bun.sleep(5);
    return read;
  };
  return { ...memory, outbox: { ...memory.outbox, all } };
}

async function friends(name: string): Promise<[TestPerson, TestPerson]> {
  const pair: [TestPerson, TestPerson] = [await signUp(server.url, `${name}.a`), await signUp(server.url, `${name}.b`)];
  await befriend(server.url, ...pair);
  return pair;
}

function startedOn(storage: Storage, token: string, url = server.url): Sotto {
  const sotto = createSotto({ url, credential: { kind: "bearer", token } }, storage);
  running.push(sotto);
  sotto.start();
  return sotto;
}
