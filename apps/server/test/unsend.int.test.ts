import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, inParallel, must, openSocket } from "./api-kit.ts";
import { columnsHolding } from "./log-kit.ts";
import { makeChat, newClientId, say, toldOf } from "./messages-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("R9 T6 an unsent text is nowhere: no column, no list, no event afterwards", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const canary = `canary${crypto.randomUUID().replaceAll("-", "")}`;
  const before = await must(server.url, other, "sync.pull", {});
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "c",
    text: `so ${canary} it was`,
  });
  const { conversationId, id: messageId } = message;
  await Bun.sleep(400);
  expect((await columnsHolding(server.database.sql, canary)).found).toContain("messages.text");
  const sockets = [await openSocket(server.url, one), await openSocket(server.url, other)];
  await must(server.url, one, "messages.unsend", { conversationId, messageId });
  await until("both were told", () =>
    sockets.every((socket) => socket.events.some((event) => event.event === "message.changed")),
  );
  await Bun.sleep(400);
  const answers = await Promise.all(
    [one, other].flatMap((who) => [
      call(server.url, who, "messages.list", { conversationId }),
      call(server.url, who, "messages.changes", { conversationId, after: 0 }),
      call(server.url, who, "conversations.get", { conversationId }),
      call(server.url, who, "conversations.list", {}),
      call(server.url, who, "conversations.withPerson", { personId: other === who ? one.id : other.id }),
      call(server.url, who, "sync.pull", {}),
      call(server.url, who, "sync.pull", { cursor: before.cursor }),
      call(server.url, one, "messages.send", { conversationId, clientId: "c", text: "again" }),
      call(server.url, one, "messages.unsend", { conversationId, messageId }),
    ]),
  );
  const { searched, found } = await columnsHolding(server.database.sql, canary);
  const leaks =
    answers.filter((answer) => answer.text.includes(canary)).length +
    sockets.filter((socket) => JSON.stringify(socket.events).includes(canary)).length;
  console.log(
    `T6: the canary searched in ${searched} columns and ${answers.length + sockets.length} answers and streams: ${found.length + leaks} found`,
  );
  expect({ found, leaks }).toEqual({ found: [], leaks: 0 });
  const [row] = await server.database
    .sql`select fingerprint, has_media, seq::int as seq from messages where id = ${messageId}`;
  expect(row).toEqual({ fingerprint: null, has_media: false, seq: 1 });
  for (const socket of sockets) socket.close();
});

test("R9 only the sender takes a message back", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "c",
    text: "stays",
  });
  const { conversationId, id: messageId } = message;
  expect((await call(server.url, other, "messages.unsend", { conversationId, messageId })).problem?.code).toBe(
    "not_found",
  );
  expect((await must(server.url, one, "messages.list", { conversationId })).items[0]?.text).toBe("stays");
});

test("R5 R9 unsending again and again is no way to be heard: not by who blocked the sender, and no quote a second time", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  for (let n = 0; n < 20; n += 1) await say(server.url, one, conversationId, { replyToId: first.id });
  const asked = { conversationId, messageId: first.id };
  const tombstone = await must(server.url, one, "messages.unsend", asked);
  await must(server.url, other, "blocks.block", { personId: one.id });
  using socket = await openSocket(server.url, other);
  const answers = await inParallel(
    Array.from({ length: 100 }),
    4,
    async () => await must(server.url, one, "messages.unsend", asked),
  );
  expect(answers.every((answer) => answer.change === tombstone.change && answer.unsentAt === tombstone.unsentAt)).toBe(
    true,
  );
  await Bun.sleep(400);
  const told = toldOf(socket, conversationId).length;
  console.log(`R5 R9: 100 unsends of a tombstone: ${told} events of messages to somebody who blocked its sender`);
  // The one for an answer that may have been lost.
  expect(told).toBe(1);
  await server.database.sql`update messages set unsent_at = unsent_at - interval '2 minutes' where id = ${first.id}`;
  const before = socket.events.length;
  await must(server.url, one, "messages.unsend", asked);
  await Bun.sleep(400);
  expect(socket.events.length).toBe(before);
}, 60_000);

test("R5 R13 sending the same again and again is no way to be heard by who blocked the sender", async () => {
  const { one, other, conversationId } = await makeChat(server);
  const clientId = newClientId();
  const send = async () => await must(server.url, one, "messages.send", { conversationId, clientId, text: "said" });
  const { id } = await send();
  await must(server.url, other, "blocks.block", { personId: one.id });
  await Bun.sleep(400);
  using socket = await openSocket(server.url, other);
  const rounds = 3;
  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all(Array.from({ length: 20 }, send));
    expect(new Set(answers.map((answer) => answer.id))).toEqual(new Set([id]));
    await Bun.sleep(300);
  }
  console.log(
    `R5 R13: ${rounds * 20} sends of the same: ${socket.events.length} events to somebody who blocked its sender`,
  );
  // The one for an answer that may have been lost.
  expect(socket.events.length).toBeLessThanOrEqual(1);
}, 60_000);
