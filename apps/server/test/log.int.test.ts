import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import {
  addPeople,
  addReadyPhotos,
  addTwo,
  befriendAll,
  call,
  inParallel,
  must,
  openSocket,
  seeded,
  type Somebody,
} from "./api-kit.ts";
import { makeGroup } from "./log-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

async function friends(): Promise<{ one: Somebody; other: Somebody; conversationId: string }> {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  return { one, other, conversationId: message.conversationId };
}

test("R13 50 resends at once, over HTTP and sockets, to the person and into the conversation: one message", async () => {
  const rounds = 8;
  let [attempts, wrong] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const fresh = round % 2 === 0;
    const [one, other] = await addTwo(server.database);
    await befriendAll(server.database.sql, [[one, other]]);
    const started = fresh
      ? null
      : await must(server.url, one, "messages.sendToPerson", { personId: other.id, clientId: "first", text: "first" });
    const photos = round % 4 > 1 ? await addReadyPhotos(server.database.sql, [one.id]) : [];
    const content = { clientId: "again", text: "once only", mediaIds: photos };
    const sockets = [await openSocket(server.url, one), await openSocket(server.url, one)] as const;
    const answers = await inParallel(Array.from({ length: 50 }), 50, async (_, n): Promise<Partial<Message>> => {
      const toPerson = { personId: other.id, ...content };
      if (n % 3 === 0) return (await must(server.url, one, "messages.sendToPerson", toPerson)).message;
      const conversationId = started?.message.conversationId;
      const socket = n % 2 === 0 ? sockets[0] : sockets[1];
      if (conversationId === undefined || n % 3 === 1)
        return ((await socket.call("messages.sendToPerson", toPerson)).ok as { message: Message }).message;
      return (await socket.call("messages.send", { conversationId, ...content })).ok as Message;
    });
    for (const socket of sockets) socket.close();
    const [{ stored }] = await server.database.sql`
      select count(*)::int as stored from messages where sender_id = ${one.id} and client_id = 'again'`;
    const same = new Set(
      answers.map((answer) => JSON.stringify([answer.id, answer.seq, answer.text, answer.media?.length])),
    ).size;
    attempts += answers.length;
    if (stored !== 1 || same !== 1) wrong += 1;
  }
  console.log(`R13: ${attempts} resends of ${rounds} messages at once, ${wrong} messages not stored exactly once`);
  expect(wrong).toBe(0);
});

test("R13 the first result comes back after a block, after a closed setting, and as a tombstone after unsending", async () => {
  const { one, other, conversationId } = await friends();
  const send = async (clientId: string, text: string) =>
    await call(server.url, one, "messages.send", { conversationId, clientId, text });
  const [first, second] = [await send("a", "text a"), await send("b", "text b")];
  await must(server.url, one, "messages.unsend", { conversationId, messageId: second.ok.id });
  await must(server.url, other, "settings.update", { whoMayMessage: "no_one" });
  expect((await send("a", "text a")).ok).toEqual(first.ok);
  await must(server.url, other, "blocks.block", { personId: one.id });
  expect((await send("a", "text a")).ok).toEqual(first.ok);
  expect(
    (await call(server.url, one, "messages.sendToPerson", { personId: other.id, clientId: "a", text: "text a" })).ok
      ?.message,
  ).toEqual(first.ok);
  await must(server.url, one, "blocks.block", { personId: other.id });
  expect((await send("a", "text a")).ok).toEqual(first.ok);
  // The fingerprint went with the text: whatever comes under this id gets the tombstone.
  for (const text of ["text b", "something else"]) {
    const answer = await send("b", text);
    expect(answer.ok).toMatchObject({ id: second.ok.id, seq: second.ok.seq, text: "" });
    expect(answer.ok.unsentAt).not.toBeNull();
  }
  expect((await send("c", "text c")).problem?.code).toBe("blocked_by_you");
});

test("R13 the same id with other content is a conflict, and stores nothing", async () => {
  const { one, conversationId } = await friends();
  const [photo = "", otherPhoto = ""] = await addReadyPhotos(server.database.sql, [one.id, one.id]);
  const send = async (more: { text?: string; mediaIds?: string[] }) =>
    await call(server.url, one, "messages.send", { conversationId, clientId: "a", text: "text", ...more });
  const first = await send({ mediaIds: [photo] });
  expect(first.status).toBe(201);
  const others = [
    { text: "text ", mediaIds: [photo] },
    { text: "", mediaIds: [photo] },
    {},
    { mediaIds: [otherPhoto] },
    { text: `text\0`.slice(0, 4) + photo },
  ];
  for (const more of others) expect((await send(more)).status).toBe(409);
  expect((await send({ mediaIds: [photo] })).ok).toEqual(first.ok);
  const { items } = await must(server.url, one, "messages.list", { conversationId });
  expect(items).toHaveLength(2);
});

test("R13 an id is its sender's own: two people may choose the same", async () => {
  const { one, other, conversationId } = await friends();
  const answers = await Promise.all(
    [one, other].map(
      async (who) =>
        await call(server.url, who, "messages.send", { conversationId, clientId: "same", text: who.username }),
    ),
  );
  expect(answers.map((answer) => answer.ok.text)).toEqual([one.username, other.username]);
});

test("R14 50 senders at once in one conversation: one order, no gap, nobody's own order changed", async () => {
  const [senders, each] = [50, 40];
  const people = await addPeople(server.database, senders);
  const conversationId = await makeGroup(server.database.sql, people);
  const sockets = await Promise.all(people.map(async (who) => await openSocket(server.url, who)));
  const answers = await Promise.all(
    sockets.map(
      async (socket) =>
        await Promise.all(
          Array.from(
            { length: each },
            async (_, n) => await socket.call("messages.send", { conversationId, clientId: `c${n}`, text: `${n}` }),
          ),
        ),
    ),
  );
  const seqs = answers.map((own) => own.map(({ ok }) => (ok as Message).seq));
  const all = seqs.flat().toSorted((a, b) => a - b);
  const rows = await server.database.sql`
    select seq::int as seq, change::int as change, sender_id, text from messages where conversation_id = ${conversationId} order by seq`;
  const gaps = rows.filter((row: { seq: number }, n: number) => row.seq !== n + 1).length;
  const ownOrder = seqs.filter((own) => own.some((seq, n) => n > 0 && seq <= (own[n - 1] ?? 0))).length;
  // One's own come as answers on the socket that sent them.
  await until("everybody heard everything", () =>
    sockets.every((socket) => heard(socket.events).length === (senders - 1) * each),
  );
  const otherOrders = sockets.filter((socket) =>
    heard(socket.events).some((seq, n, list) => n > 0 && seq <= (list[n - 1] ?? 0)),
  ).length;
  for (const socket of sockets) socket.close();
  console.log(
    `R14: ${all.length} messages of ${senders} senders at once: ${gaps} gaps, ${ownOrder} senders whose own order changed, ${otherOrders} receivers who heard another order`,
  );
  expect(all).toEqual(Array.from({ length: senders * each }, (_, n) => n + 1));
  expect({ gaps, ownOrder, stored: rows.length }).toEqual({ gaps: 0, ownOrder: 0, stored: senders * each });
  expect(rows.map((row: { change: number }) => row.change)).toEqual(all);
}, 120_000);

test("R14 refused, repeated and conflicting sends burn no number", async () => {
  const { one, other, conversationId } = await friends();
  const send = async (who: Somebody, clientId: string, text = "x") =>
    await call(server.url, who, "messages.send", { conversationId, clientId, text });
  const random = seeded(14);
  await inParallel(Array.from({ length: 300 }), 25, async (_, n) => {
    await send(n % 2 === 0 ? one : other, `id${Math.floor(random() * 60)}`, random() < 0.3 ? "other words" : "x");
    if (n % 50 === 10)
      await must(server.url, other, "settings.update", { whoMayMessage: n % 100 === 10 ? "no_one" : "everyone" });
  });
  const rows = await server.database
    .sql`select seq::int as seq from messages where conversation_id = ${conversationId} order by seq`;
  const [{ last }] = await server.database
    .sql`select last_seq::int as last from conversations where id = ${conversationId}`;
  console.log(`R14: 300 sends of which many are refused or repeated: ${rows.length} stored, last number ${last}`);
  expect(rows.map((row: { seq: number }) => row.seq)).toEqual(Array.from({ length: last }, (_, n) => n + 1));
});

test("R26 nothing is acknowledged, and nobody is told, before the commit", async () => {
  const { one, other, conversationId } = await friends();
  const [photo = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  const [stranger] = (await addPeople(server.database, 1)) as [Somebody];
  using sender = await openSocket(server.url, one);
  using receiver = await openSocket(server.url, other);
  const release = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const lock = server.database.sql.begin(async (tx) => {
    // Rows can be read, and not one inserted: every send has to wait for its commit.
    await tx`lock table messages in share row exclusive mode`;
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const answered: string[] = [];
  const attempts = [
    () => sender.call("messages.send", { conversationId, clientId: "text", text: "x" }),
    () => sender.call("messages.sendToPerson", { personId: stranger.id, clientId: "stranger", text: "x" }),
    () => call(server.url, one, "messages.send", { conversationId, clientId: "http", text: "x" }),
    () => sender.call("messages.send", { conversationId, clientId: "photo", text: "x", mediaIds: [photo] }),
  ];
  const sends: Promise<void>[] = [];
  for (const [n, attempt] of attempts.entries()) {
    // Apart, so that none waits for another's batch. A refusal (it may wait for half a second) is no acknowledgement.
    sends.push(attempt().then((answer) => void (answer.ok && answered.push(String(n)))));
    await Bun.sleep(30);
  }
  await Bun.sleep(200);
  const [early, told] = [answered.length, heard(receiver.events).length + heard(sender.events).length];
  release.resolve();
  await lock;
  await Promise.all(sends);
  console.log(
    `R26: ${sends.length} sends while the commit could not happen: ${early} acknowledged, ${told} events; ${answered.length} acknowledged after it`,
  );
  expect({ early, told }).toEqual({ early: 0, told: 0 });
  expect(answered.length).toBeGreaterThan(0);
});

function heard(events: readonly { event: string }[]): number[] {
  return (events as readonly { event: string; message?: Message }[]).flatMap((one) =>
    one.event === "message" && one.message ? [one.message.seq] : [],
  );
}
