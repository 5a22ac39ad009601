import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must, openSocket, type Somebody } from "./api-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

async function request(from: Somebody, to: Somebody, clientId: string) {
  return await must(server.url, from, "messages.sendToPerson", {
    personId: to.id,
    clientId,
    text: `hello, ${clientId}`,
  });
}

const requestsOf = async (who: Somebody) =>
  (await must(server.url, who, "conversations.list", { folder: "requests" })).items;
const inboxOf = async (who: Somebody) => (await must(server.url, who, "conversations.list", {})).items;

test("R3 R9 a request that is taken back leaves the receiver's requests; accepting it after all opens it for both", async () => {
  const [x, y] = await addTwo(server.database, { setting: "everyone" });
  const { message, conversation } = await request(x, y, "first");
  expect(await requestsOf(y)).toHaveLength(1);
  await must(server.url, x, "messages.unsend", { conversationId: conversation.id, messageId: message.id });
  expect(await requestsOf(y)).toHaveLength(0);
  const accepted = await must(server.url, y, "requests.accept", { conversationId: conversation.id });
  expect(accepted.state).toBe("accepted");
  await must(server.url, x, "messages.send", {
    conversationId: conversation.id,
    clientId: "second",
    text: "hello again",
  });
  expect(await inboxOf(y)).toHaveLength(1);
});

test("R4 R9 taking back the request that was replaced leaves the one that stands", async () => {
  const [u, v] = await addTwo(server.database, { setting: "everyone" });
  const { message, conversation } = await request(u, v, "first");
  await server.database
    .sql`update conversations set requested_at = requested_at - interval '8 days' where id = ${conversation.id}`;
  await must(server.url, u, "messages.send", {
    conversationId: conversation.id,
    clientId: "second",
    text: "once more",
  });
  using told = await openSocket(server.url, v);
  await must(server.url, u, "messages.unsend", { conversationId: conversation.id, messageId: message.id });
  const [standing] = await requestsOf(v);
  expect(standing?.lastMessage?.text).toBe("once more");
  await Bun.sleep(300);
  expect(told.events.filter((event) => event.event === "message.changed")).toEqual([]);
});

test("C5 accepting twice is accepting", async () => {
  const [x, y] = await addTwo(server.database, { setting: "everyone" });
  const { conversation } = await request(x, y, "first");
  const once = await must(server.url, y, "requests.accept", { conversationId: conversation.id });
  const twice = await must(server.url, y, "requests.accept", { conversationId: conversation.id });
  expect(twice).toEqual(once);
  expect((await call(server.url, x, "requests.accept", { conversationId: conversation.id })).status).toBe(404);
});

test("R27 nobody and somebody who accepts nothing are one answer, whatever the sender's own setting", async () => {
  for (const setting of ["everyone", "friends", "no_one"] as const) {
    const [sender, closed] = await addTwo(server.database, { setting });
    await must(server.url, closed, "settings.update", { whoMayMessage: "no_one" });
    const toNobody = await call(server.url, sender, "messages.sendToPerson", {
      personId: Bun.randomUUIDv7(),
      clientId: "a",
      text: "x",
    });
    const toClosed = await call(server.url, sender, "messages.sendToPerson", {
      personId: closed.id,
      clientId: "a",
      text: "x",
    });
    expect({ ...toNobody.problem, requestId: "" }).toEqual({ ...toClosed.problem, requestId: "" });
  }
});

test("C10 a message brings a conversation back from the archive, and says so to who is connected", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { conversation } = await request(one, other, "first");
  await Bun.sleep(400);
  await must(server.url, other, "conversations.update", { conversationId: conversation.id, archived: true });
  expect(await inboxOf(other)).toHaveLength(0);
  using told = await openSocket(server.url, other);
  await must(server.url, one, "messages.send", {
    conversationId: conversation.id,
    clientId: "second",
    text: "are you there?",
  });
  await until("it moved", () =>
    told.events.some((event) => event.event === "inbox" && event.changes.some((change) => change.stale)),
  );
  expect(await inboxOf(other)).toHaveLength(1);
});
