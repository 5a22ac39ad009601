import { afterAll, beforeAll, expect, test } from "bun:test";
import { isDataError } from "../src/db/sql.ts";
import { inboxFlush, type InboxFlush } from "../src/fanout/inbox-flush.ts";
import { publisher } from "../src/fanout/publish.ts";
import { localBus } from "../src/adapters/bus-local.ts";
import { sendBatch } from "../src/messages/send.ts";
import { sendQueue } from "../src/messages/send-queue.ts";
import { ToldAgain } from "../src/messages/told-again.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must, openSocket } from "./api-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("R15 a commit whose answer was lost still reaches the receiver's cursor, when it is sent again", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { conversation } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "a",
    text: "a",
  });
  await Bun.sleep(400);
  const { cursor } = await must(server.url, other, "sync.pull", {});
  // As the log is after a commit whose process lost its connection before it could tell anybody.
  await server.database.sql`
    with bumped as (
      update conversations set last_seq = last_seq + 1, last_change = last_change + 1 where id = ${conversation.id}
      returning last_seq, last_change)
    insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, change, created_at)
    select ${conversation.id}, last_seq, ${Bun.randomUUIDv7()}, ${one.id}, 'lost',
      (select fingerprint from messages where conversation_id = ${conversation.id} and seq = 1), 'a', last_change, now()
    from bumped`;
  expect((await must(server.url, other, "sync.pull", { cursor })).conversations).toHaveLength(0);
  await must(server.url, one, "messages.send", { conversationId: conversation.id, clientId: "lost", text: "a" });
  await Bun.sleep(400);
  const after = await must(server.url, other, "sync.pull", { cursor });
  expect(after.conversations.map((held) => held.lastSeq)).toEqual([2]);
});

test("R9 unsending again tells again: the first news may have been lost", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "a",
    text: "a",
  });
  const unsend = { conversationId: message.conversationId, messageId: message.id };
  await must(server.url, one, "messages.unsend", unsend);
  using told = await openSocket(server.url, other);
  await must(server.url, one, "messages.unsend", unsend);
  await Bun.sleep(300);
  expect(told.events.filter((event) => event.event === "message.changed")).toHaveLength(1);
});

test("T29 a conversation that somebody holds does not hold up the others, and its own send is told to come back", async () => {
  const [one, other] = await addTwo(server.database);
  const [third, fourth] = await addTwo(server.database);
  await befriendAll(server.database.sql, [
    [one, other],
    [third, fourth],
  ]);
  const held = await must(server.url, one, "messages.sendToPerson", { personId: other.id, clientId: "a", text: "a" });
  const free = await must(server.url, third, "messages.sendToPerson", {
    personId: fourth.id,
    clientId: "a",
    text: "a",
  });
  const release = Promise.withResolvers<void>();
  const holding = server.database.sql.begin(async (tx) => {
    await tx`select 1 from conversations where id = ${held.conversation.id} for update`;
    await release.promise;
  });
  await Bun.sleep(50);
  const blocked = call(server.url, one, "messages.send", {
    conversationId: held.conversation.id,
    clientId: "b",
    text: "b",
  });
  const startedMs = performance.now();
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      call(server.url, third, "messages.send", { conversationId: free.conversation.id, clientId: `n${n}`, text: "n" }),
    ),
  );
  console.log(`T29: 20 sends beside a held conversation took ${(performance.now() - startedMs).toFixed(0)} ms`);
  expect(others.map((answer) => answer.status)).toEqual(others.map(() => 201));
  expect((await blocked).problem?.code).toBe("unavailable");
  release.resolve();
  await holding;
  const again = await call(server.url, one, "messages.send", {
    conversationId: held.conversation.id,
    clientId: "b",
    text: "b",
  });
  expect([again.status, again.ok?.seq]).toEqual([201, 2]);
});

test("R26 stopping closes the commands, and every send that was taken has its answer", async () => {
  const stopping = await startTestServer();
  const [one, other] = await addTwo(stopping.database);
  await befriendAll(stopping.database.sql, [[one, other]]);
  const { conversation } = await must(stopping.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "a",
    text: "a",
  });
  using socket = await openSocket(stopping.url, one);
  const answers: Promise<unknown>[] = [];
  let n = 0;
  const load = setInterval(() => {
    for (let k = 0; k < 5 && socket.isOpen(); k += 1)
      answers.push(
        socket.call("messages.send", { conversationId: conversation.id, clientId: `c${(n += 1)}`, text: "x" }),
      );
  }, 2);
  await Bun.sleep(200);
  const startedMs = performance.now();
  await stopping.stop();
  clearInterval(load);
  const settled = (await Promise.all(answers)) as { ok?: unknown; error?: { code: string } }[];
  const acknowledged = settled.filter((answer) => answer.ok !== undefined).length;
  const codes = new Set(settled.flatMap((answer) => answer.error?.code ?? []));
  console.log(
    `stop under load: ${(performance.now() - startedMs).toFixed(0)} ms, ${acknowledged} of ${settled.length} acknowledged`,
  );
  expect([...codes].filter((code) => code !== "unavailable" && code !== "rate_limited")).toEqual([]);
  expect(acknowledged).toBeGreaterThan(0);
}, 30_000);

test("T29 a person's sockets, and a person's waiting sends, have a limit that nobody else feels", async () => {
  const [one, other] = await addTwo(server.database);
  const sockets = [];
  for (let n = 0; n < 25; n += 1) sockets.push(await openSocket(server.url, one));
  await Bun.sleep(100);
  expect(sockets.filter((socket) => socket.isOpen())).toHaveLength(20);
  for (const socket of sockets) socket.close();

  const { sql } = server.database;
  const queue = heldQueue(sql);
  const send = (senderId: string, n: number) =>
    queue.push({ conversationId: Bun.randomUUIDv7(), senderId, clientId: `c${n}`, text: "x", mediaIds: [] });
  const mine = Array.from({ length: 100 }, (_, n) => send(one.id, n));
  const theirs = send(other.id, 0);
  const codes = (await Promise.all([...mine, theirs])).map((answer) => ("code" in answer ? answer.code : "sent"));
  expect(codes.filter((code) => code === "rate_limited")).toHaveLength(36);
  expect(codes.at(-1)).toBe("not_found");
});

/** The queue of the server, by itself: what it answers for conversations that are not there. */
function heldQueue(sql: TestServer["database"]["sql"]) {
  const publish = publisher(localBus());
  const inbox: InboxFlush = inboxFlush({ sql, publish, epoch: "e", onError: console.error });
  const onError = (error: unknown) => console.error(error);
  const many = async (_: string, keys: readonly string[]) => keys.map(() => null);
  const limit = Object.assign(async () => null, { many, giveBack: async () => {} });
  const deps = {
    sql,
    batchSql: sql,
    secret: "s",
    rules: { requestCooldownMs: 1 },
    limit,
    media: async () => new Map(),
    people: async () => new Map(),
    claimPreview: async () => null,
    personExists: async () => true,
    damaged: onError,
    publish,
    inbox,
    toldAgain: new ToldAgain(),
    nowMs: Date.now,
    onError,
  };
  return sendQueue({ run: async (sends) => await sendBatch(deps, sends), isDataError, onError });
}
