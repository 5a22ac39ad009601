import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ConversationHandle, Sotto } from "@sotto/sdk/interface.ts";
import { createSession } from "../src/auth/sessions.ts";
import { insertPerson } from "../src/people/store.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { cutLine } from "./cut-line.ts";
import { befriend, clientOf, signUp, until, type TestPerson } from "./people.ts";

let server: TestServer;
const running: Sotto[] = [];

beforeAll(async () => {
  server = await startTestServer({ config: { defaultWhoMayMessage: "everyone" } });
}, 60_000);
afterAll(async () => {
  for (const sotto of running) sotto.stop();
  await server.stop();
});

test("R13, R14: two clients write at once through a line that is cut 30 times; one copy of each, one order for both", async () => {
  const [anna, ben] = await friends("cuts");
  await using annaLine = await cutLine(server.url);
  await using benLine = await cutLine(server.url);
  const [annas, bens] = [started(annaLine.url, anna), started(benLine.url, ben)];
  const [toBen, toAnna] = [annas.withPerson(ben.id), bens.withPerson(anna.id)];
  await Promise.all([toBen.open(), toAnna.open()]);
  const sent: string[] = [];
  const random = seeded(7);
  for (let n = 0; n < 60; n++) {
    sent.push(toBen.send({ text: `anna ${n}` }), toAnna.send({ text: `ben ${n}` }));
    await Bun.sleep(15);
    if (n % 2 === 1) continue;
    const line = random() < 0.5 ? annaLine : benLine;
    if (random() < 0.4) line.mute();
    await Bun.sleep(random() * 20);
    line.cut();
  }
  await until("everything sent", () => idle(toBen) && idle(toAnna), 40_000);
  await until(
    "both hold all",
    () => [toBen, toAnna].every((one) => one.state.get().messages.length === sent.length),
    20_000,
  );
  const stored = await storedMessages(anna, ben);
  const copies = stored.length - new Set(stored.map((one) => one.client_id)).size;
  console.log(`${sent.length} sent, ${stored.length} stored, ${copies} second copies, 30 cuts`);
  expect(stored.map((one) => one.client_id).sort()).toEqual(sent.toSorted());
  const order = stored.map((one) => one.text);
  for (const handle of [toBen, toAnna]) expect(handle.state.get().messages.map((one) => one.text)).toEqual(order);
  for (const name of ["anna", "ben"]) {
    const own = order.filter((text) => text.startsWith(name));
    expect(own).toEqual(own.map((_, n) => `${name} ${n}`));
  }
}, 90_000);

test("R15, R16: after an absence of 260 messages, some unsent, a client holds the server's log and its unread count", async () => {
  const [anna, ben] = await friends("absence");
  const [annas, bens] = [started(server.url, anna), started(server.url, ben)];
  const [toBen, toAnna] = [annas.withPerson(ben.id), bens.withPerson(anna.id)];
  await Promise.all([toBen.open(), toAnna.open()]);
  toBen.send({ text: "before" });
  await until("the first is there", () => toAnna.state.get().messages.length === 1);
  toAnna.markRead(1);
  await until(
    "and read",
    async () => (await clientOf(server.url, ben).call("conversations.list", {})).items[0]?.unread === 0,
  );
  bens.stop();
  for (let n = 0; n < 260; n++) toBen.send({ text: `absent ${n}` });
  await until("all sent", () => idle(toBen), 60_000);
  const conversationId = toBen.state.get().conversation?.id ?? "";
  for (const message of toBen.state.get().messages.slice(250, 255)) await toBen.unsend(message.id);
  bens.start();
  await until("ben is up to date", () => toAnna.state.get().messages.at(-1)?.seq === 261);
  while (toAnna.state.get().hasOlder) await toAnna.loadOlder();
  await until("the log is the server's", async () => {
    const [theirs, ours] = [toBen.state.get().messages, toAnna.state.get().messages];
    return (
      theirs.length === 261 &&
      ours.length === 261 &&
      ours.every((one, n) => one.seq === n + 1 && one.text === theirs[n]?.text)
    );
  });
  expect(toAnna.state.get().messages.filter((one) => one.unsentAt !== null)).toHaveLength(5);
  const inbox = () => bens.inbox.get().conversations.find((one) => one.id === conversationId);
  await until("unread as recounted", () => inbox()?.unread === 100);
  expect(bens.inbox.get().badge).toBe(1);
  toAnna.markRead(261);
  await until("read", () => bens.inbox.get().badge === 0);
  const elsewhere = clientOf(server.url, ben);
  await until("read for the server too", async () => {
    const { conversation } = await elsewhere.call("conversations.get", { conversationId });
    return conversation.unread === 0 && conversation.readSeq === 261;
  });
}, 90_000);

test("R13: the same id with the same content is the first result, with other content a conflict", async () => {
  const [anna, ben] = await friends("repeat");
  const sotto = clientOf(server.url, anna);
  const input = { personId: ben.id, clientId: "once", text: "one" };
  const first = await sotto.call("messages.sendToPerson", input);
  const again = await sotto.call("messages.sendToPerson", input);
  expect(again.message).toEqual(first.message);
  const other = sotto.call("messages.sendToPerson", { ...input, text: "two" });
  expect(await other.catch((error) => error.code)).toBe("conflict");
});

test("R3: a stranger's first message is a request on both sides, until it is answered", async () => {
  const [anna, ben] = [await person("stranger.a"), await person("stranger.b")];
  const [annas, bens] = [started(server.url, anna), started(server.url, ben)];
  await until("ben is online", () => bens.inbox.get().ready);
  const toBen = annas.withPerson(ben.id);
  await toBen.open();
  expect(toBen.state.get()).toMatchObject({ conversation: null, maySend: { allowed: true, as: "request" } });
  toBen.send({ text: "may I?" });
  await until("sent", () => toBen.state.get().conversation?.state === "request_sent" && idle(toBen));
  await until("a request waits", () => bens.inbox.get().requests.length === 1);
  expect(bens.inbox.get()).toMatchObject({ conversations: [], badge: 0 });
  toBen.send({ text: "hello?" });
  await until("the second is refused", () => toBen.state.get().outgoing[0]?.state === "failed");
  expect(toBen.state.get().outgoing[0]?.problem?.code).toBe("request_waiting");
  await until("the composer knows", () => toBen.state.get().maySend?.allowed === false);
  const request = bens.conversation(bens.inbox.get().requests[0]?.id ?? "");
  await request.open();
  request.send({ text: "you may" });
  await until("accepted for both", () =>
    [annas, bens].every((one) => one.inbox.get().conversations[0]?.state === "accepted"),
  );
  expect(bens.inbox.get().requests).toEqual([]);
  await until("anna reads it", () => toBen.state.get().messages.at(-1)?.text === "you may");
});

test("C22: two devices converge in messages, read state and settings", async () => {
  const [anna, ben] = await friends("devices");
  const [phone, laptop] = [started(server.url, anna), started(server.url, anna)];
  const [onPhone, onLaptop] = [phone.withPerson(ben.id), laptop.withPerson(ben.id)];
  await Promise.all([onPhone.open(), onLaptop.open()]);
  onPhone.send({ text: "from the phone" });
  await until("on the laptop", () => onLaptop.state.get().messages[0]?.text === "from the phone");
  await clientOf(server.url, ben).call("messages.sendToPerson", { personId: anna.id, clientId: "b1", text: "hello" });
  await until("unread on both", () => [phone, laptop].every((one) => one.inbox.get().badge === 1));
  onLaptop.markRead(2);
  await until("read on both", () => [phone, laptop].every((one) => one.inbox.get().badge === 0));
  await onPhone.unsend(onPhone.state.get().messages[0]?.id ?? "");
  await until("unsent on both", () => [onPhone, onLaptop].every((one) => one.state.get().messages[0]?.text === ""));
  await laptop.call("settings.update", { whoMayMessage: "no_one" });
  await until("the setting on both", () =>
    [phone, laptop].every((one) => one.me.get()?.settings.whoMayMessage === "no_one"),
  );
  await until("the composer on both", () =>
    [onPhone, onLaptop].every((one) => one.state.get().maySend?.allowed === false),
  );
});

test("C10: the inbox comes 50 at a time, whole and in order, whatever changes meanwhile", async () => {
  const anna = await person("popular");
  const { sql } = server.database;
  const writers = await Promise.all(
    Array.from({ length: 120 }, async (_, n) => {
      const personId = await insertPerson(sql, {
        username: `writer.${n}`,
        name: `Writer ${n}`,
        passwordHash: "none",
        whoMayMessage: "everyone",
      });
      const { token } = await createSession(sql, { personId: personId ?? "", device: "test" });
      return clientOf(server.url, { id: personId ?? "", username: "", token });
    }),
  );
  const write = (n: number, clientId: string) =>
    writers[n]?.call("messages.sendToPerson", { personId: anna.id, clientId, text: `${n}` });
  for (const n of writers.keys()) await write(n, "first");
  const mine = clientOf(server.url, anna);
  for (let cursor: string | undefined; ;) {
    const { items, next } = await mine.call("conversations.list", {
      folder: "requests",
      ...(cursor !== undefined && { cursor }),
    });
    for (const { id } of items) await mine.call("requests.accept", { conversationId: id });
    if (next === null) break;
    cursor = next;
  }
  const sotto = started(server.url, anna);
  await until("the first page", () => sotto.inbox.get().conversations.length === 50);
  expect(sotto.inbox.get().hasOlder).toBe(true);
  // The oldest comes to the top, one in the middle too; a third is only pinned.
  await write(0, "second");
  await until("on top", () => sotto.inbox.get().conversations[0]?.lastMessage?.text === "0");
  await sotto.loadOlderConversations();
  await write(30, "second");
  while (sotto.inbox.get().hasOlder) await sotto.loadOlderConversations();
  const last = sotto.inbox.get().conversations.at(-1);
  await sotto.call("conversations.update", { conversationId: last?.id ?? "", pinned: true });
  await until("all, in order", async () => {
    const shown = sotto.inbox.get().conversations.map((one) => one.id);
    const { items } = await mine.call("conversations.list", { limit: 200 });
    return items.length === 120 && items.every((one, n) => one.id === shown[n]);
  });
  expect(sotto.inbox.get().badge).toBe(120);
}, 90_000);

test("C17: through a proxy that lets no socket pass, messages still go and come", async () => {
  const [anna, ben] = await friends("proxy");
  await using proxy = withoutSockets(server.url);
  const annas = started(proxy.url, anna);
  const toBen = annas.withPerson(ben.id);
  await toBen.open();
  toBen.send({ text: "by HTTP" });
  await until("sent", () => idle(toBen) && toBen.state.get().messages.length === 1);
  expect(annas.connection.get().is).not.toBe("online");
  await clientOf(server.url, ben).call("messages.sendToPerson", { personId: anna.id, clientId: "b1", text: "hello" });
  await until("received", () => annas.inbox.get().badge === 1 && toBen.state.get().messages.length === 2, 40_000);
}, 60_000);

function withoutSockets(target: string) {
  const proxy = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname === "/v1/socket") return new Response("no", { status: 403 });
      const { method, headers, body } = request;
      const answer = await fetch(`${target}${pathname}${search}`, { method, headers, body });
      return pathname === "/v1/socket-tickets" ? Response.json({ ticket: "t", url: "/v1/socket" }) : answer;
    },
  });
  return { url: proxy.url.origin, [Symbol.asyncDispose]: () => proxy.stop(true) };
}

async function friends(name: string): Promise<[TestPerson, TestPerson]> {
  const pair: [TestPerson, TestPerson] = [await person(`${name}.a`), await person(`${name}.b`)];
  await befriend(server.url, ...pair);
  return pair;
}

function person(username: string): Promise<TestPerson> {
  return signUp(server.url, username);
}

function started(url: string, who: TestPerson): Sotto {
  const sotto = clientOf(url, who);
  running.push(sotto);
  sotto.start();
  return sotto;
}

function idle(handle: ConversationHandle): boolean {
  return handle.state.get().outgoing.length === 0;
}

async function storedMessages(one: TestPerson, other: TestPerson): Promise<{ client_id: string; text: string }[]> {
  return await server.database.sql`
    select m.client_id, m.text from messages m join conversations c on c.id = m.conversation_id
    where (c.low_id, c.high_id) in ((${one.id}, ${other.id}), (${other.id}, ${one.id})) order by m.seq`;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
