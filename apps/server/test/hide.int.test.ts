import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, call, inParallel, must, openSocket, seeded } from "./api-kit.ts";
import { makeChat, pullAll, say, toldOf } from "./messages-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("R10 R16 deleted for me: gone on every path of mine, numbered for my devices; nothing changes for the other", async () => {
  const { one, other, conversationId } = await makeChat(server, "canary-first");
  const second = await say(server.url, one, conversationId, { text: "canary-second" });
  const stays = await say(server.url, one, conversationId, { text: "stays" });
  const last = await say(server.url, one, conversationId, { text: "canary-last" });
  await Bun.sleep(300);
  const theirs = await must(server.url, one, "messages.list", { conversationId });
  await must(server.url, one, "messages.pin", { conversationId, messageId: second.id });
  const cursor = (await must(server.url, other, "sync.pull", {})).cursor;
  using mine = await openSocket(server.url, other);
  const hide = async (...messageIds: string[]) =>
    await must(server.url, other, "messages.hide", { conversationId, messageIds });
  expect(await hide(last.id, second.id)).toEqual({ hiddenCount: 2 });
  expect(await hide(theirs.items[0]?.id ?? "", last.id, last.id)).toEqual({ hiddenCount: 3 });
  await until("my other device was told", () => mine.events.filter(({ event }) => event === "inbox").length >= 2);
  mine.events.length = 0;
  await must(server.url, one, "messages.edit", { conversationId, messageId: last.id, text: "canary-edited" });
  await must(server.url, one, "messages.react", { conversationId, messageId: stays.id, emoji: "👍" });
  await until("told of what stays", () => toldOf(mine, conversationId).length > 0);
  const reads = await Promise.all([
    call(server.url, other, "messages.list", { conversationId }),
    call(server.url, other, "messages.list", { conversationId, around: last.seq }),
    call(server.url, other, "messages.list", { conversationId, after: 0 }),
    call(server.url, other, "messages.changes", { conversationId, after: 0 }),
    call(server.url, other, "messages.listPinned", { conversationId }),
    call(server.url, other, "messages.get", { conversationId, messageId: last.id }),
    call(server.url, other, "conversations.get", { conversationId }),
    call(server.url, other, "conversations.list", {}),
    call(server.url, other, "sync.pull", { cursor }),
    call(server.url, other, "messages.search", { query: "canary" }),
  ]);
  const found = reads.filter(({ text }) => text.includes("canary")).map(({ text }) => text);
  if (JSON.stringify(mine.events).includes("canary")) found.push("an event");
  console.log(
    `R10: three messages deleted for me, looked for in ${reads.length} answers and my events: ${found.length} found`,
  );
  expect(found).toEqual([]);
  const { conversation } = await must(server.url, other, "conversations.get", { conversationId });
  expect(await must(server.url, other, "messages.list", { conversationId })).toMatchObject({
    hasNewer: false,
    hasOlder: false,
  });
  expect(conversation).toMatchObject({ hiddenCount: 3, unread: 1, lastMessage: { id: stays.id }, lastSeq: last.seq });
  expect(await must(server.url, other, "messages.listHidden", { conversationId })).toEqual({
    seqs: [2, 4, 1],
    hiddenCount: 3,
    hasMore: false,
  });
  expect((await must(server.url, other, "messages.listHidden", { conversationId, after: 2 })).seqs).toEqual([1]);
  const after = await must(server.url, one, "messages.list", { conversationId });
  expect(after.items.map(({ id }) => id)).toEqual(theirs.items.map(({ id }) => id));
  expect((await must(server.url, one, "conversations.get", { conversationId })).conversation.hiddenCount).toBe(0);
  expect((await must(server.url, one, "messages.listHidden", { conversationId })).seqs).toEqual([]);
  await hide(stays.id);
  expect((await must(server.url, other, "conversations.get", { conversationId })).conversation).toMatchObject({
    lastMessage: null,
    unread: 0,
  });
});

test("R10 R27 bad ids: all of them or none, and a missing one looks like another's", async () => {
  const { one, conversationId, first } = await makeChat(server);
  const elsewhere = await makeChat(server);
  const [stranger] = await addTwo(server.database);
  const code = async (who: typeof one, messageIds: string[]) =>
    (await call(server.url, who, "messages.hide", { conversationId, messageIds })).problem?.code ?? "ok";
  expect(await code(one, [first.id, elsewhere.first.id])).toBe("not_found");
  expect(await code(one, [Bun.randomUUIDv7(), first.id])).toBe("not_found");
  expect(await code(stranger, [first.id])).toBe("not_found");
  expect(await code(one, [])).toBe("invalid");
  expect(await code(one, Array<string>(101).fill(first.id))).toBe("invalid");
  expect((await must(server.url, one, "messages.listHidden", { conversationId })).hiddenCount).toBe(0);
});

test("R10 R16 two devices hide at once: each message has one number, without a gap; unread counts equal a recount", async () => {
  const { one, other, conversationId } = await makeChat(server);
  const messages = await inParallel(
    Array.from({ length: 60 }),
    8,
    async () => await say(server.url, one, conversationId),
  );
  const random = seeded(7);
  await inParallel(Array.from({ length: 60 }), 8, async () => {
    const some = messages.filter(() => random() < 0.02).map(({ id }) => id);
    // A conversation that is held for too long is told to come back.
    let code = some.length > 0 ? "unavailable" : "";
    while (code === "unavailable") {
      const { problem } = await call(server.url, other, "messages.hide", { conversationId, messageIds: some });
      code = problem?.code ?? "";
    }
    expect(code).toBe("");
  });
  const { seqs, hiddenCount } = await must(server.url, other, "messages.listHidden", { conversationId });
  const numbers: { number: number }[] = await server.database.sql`
    select number from hidden_messages where person_id = ${other.id} and conversation_id = ${conversationId} order by number`;
  expect(numbers.map(({ number }) => number)).toEqual(Array.from({ length: hiddenCount }, (_, n) => n + 1));
  expect(new Set(seqs).size).toBe(hiddenCount);
  const seen = await pullAll(server.url, other, conversationId);
  expect(seen.size).toBe(61 - hiddenCount);
  const { conversation } = await must(server.url, other, "conversations.get", { conversationId });
  console.log(
    `R16: ${hiddenCount} of 61 deleted for me by two devices: ${conversation.unread} unread, ${seen.size} by a recount`,
  );
  expect(conversation.unread).toBe(seen.size);
});

test("C15 a page around a message has it in its middle, at both ends of the conversation too", async () => {
  const { one, conversationId } = await makeChat(server);
  for (let n = 0; n < 29; n += 1) await say(server.url, one, conversationId);
  const page = async (around: number, limit: number) => {
    const { items, hasOlder, hasNewer } = await must(server.url, one, "messages.list", {
      conversationId,
      around,
      limit,
    });
    return [items.map(({ seq }) => seq).join(" "), hasOlder, hasNewer];
  };
  expect(await page(15, 5)).toEqual(["13 14 15 16 17", true, true]);
  expect(await page(15, 1)).toEqual(["15", true, true]);
  expect(await page(30, 4)).toEqual(["29 30", true, false]);
  expect(await page(1, 4)).toEqual(["1 2 3", false, true]);
  expect(await page(1_000, 4)).toEqual(["29 30", true, false]);
  expect(await page(0, 4)).toEqual(["1 2", false, true]);
  expect((await page(15, 60)).slice(1)).toEqual([false, false]);
});
