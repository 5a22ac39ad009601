import { afterAll, beforeAll, expect, spyOn, test } from "bun:test";
import { startApp } from "../src/app.ts";
import type { Database } from "../src/db/connect.ts";
import { localBus } from "../src/adapters/bus-local.ts";
import { inboxFlush } from "../src/fanout/inbox-flush.ts";
import { publisher } from "../src/fanout/publish.ts";
import { silentLog } from "../src/log.ts";
import { settleQuotes } from "../src/messages/quotes-due.ts";
import { SetAside } from "../src/messages/set-aside.ts";
import { startTestServer, testConfig, type TestServer } from "../src/test-server.ts";
import { addReadyPhotos, addTwo, call, must, openSocket, type Somebody } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { makeChat, newClientId, pullAll, say, toldOf, type Chat } from "./messages-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("C15 a quote shows the beginning of its source as it is now, and of a photo its placeholder", async () => {
  const { one, other, conversationId } = await makeChat(server);
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  const long = await say(server.url, one, conversationId, { text: "👨‍👩‍👧‍👦".repeat(201), mediaIds: [mediaId] });
  const answer = await say(server.url, other, conversationId, { replyToId: long.id });
  expect(answer.replyTo).toEqual({
    messageId: long.id,
    seq: long.seq,
    senderId: one.id,
    text: "👨‍👩‍👧‍👦".repeat(200),
    kind: "photo",
    placeholder: "AAAA",
  });
  const card = await must(server.url, one, "messages.send", {
    conversationId,
    clientId: newClientId(),
    cardPersonId: other.id,
  });
  expect(card.card).toMatchObject({ id: other.id, username: other.username });
  const toCard = await say(server.url, other, conversationId, { replyToId: card.id });
  expect(toCard.replyTo).toMatchObject({ kind: "card", senderId: one.id });
  const once = await must(server.url, one, "messages.send", {
    conversationId,
    clientId: newClientId(),
    text: "secret",
    viewOnce: true,
  });
  expect(once).toMatchObject({ text: "", viewOnce: { kind: "text", openedBy: [], mayOpen: false } });
  const toOnce = await say(server.url, other, conversationId, { replyToId: once.id });
  expect(toOnce.replyTo).toEqual({ messageId: once.id, seq: once.seq, senderId: one.id, kind: "view_once" });
});

test("R9 an edited or unsent source changes every message that quotes it, for everybody and at once", async () => {
  const { one, other, conversationId, first } = await makeChat(server, "before");
  const answers = [];
  for (let n = 0; n < 3; n += 1) answers.push(await say(server.url, other, conversationId, { replyToId: first.id }));
  using socket = await openSocket(server.url, other);
  await must(server.url, one, "messages.edit", { conversationId, messageId: first.id, text: "after" });
  const quotes = () => toldOf(socket, conversationId).filter((message) => message.replyTo);
  await until("the quotes were told", () => quotes().length >= 3);
  expect(quotes().map((message) => message.replyTo?.text)).toEqual(["after", "after", "after"]);
  await must(server.url, one, "messages.unsend", { conversationId, messageId: first.id });
  await until("they were told again", () => quotes().length >= 6);
  const gone = { messageId: first.id, seq: first.seq, kind: "gone" as const };
  expect(
    quotes()
      .slice(3)
      .map((message) => message.replyTo),
  ).toEqual([gone, gone, gone]);
  const pulled = await pullAll(server.url, other, conversationId);
  for (const answer of answers) expect(pulled.get(answer.id)?.replyTo).toEqual(gone);
  const changes = [...pulled.values()].map(({ change }) => change);
  expect(new Set(changes).size).toBe(changes.length);
  // Answering what is gone is allowed: a message that waited offline is not lost for it.
  expect((await say(server.url, other, conversationId, { replyToId: first.id })).replyTo).toEqual(gone);
});

test("R10 an answer that waited is not lost when its writer deletes what it answers for themselves; the others see the quote", async () => {
  const { one, other, conversationId, first } = await makeChat(server, "still there");
  const { hiddenCount } = await must(server.url, other, "messages.hide", { conversationId, messageIds: [first.id] });
  expect(hiddenCount).toBe(1);
  const answer = await say(server.url, other, conversationId, { replyToId: first.id });
  expect(answer.replyTo).toEqual({ messageId: first.id, seq: first.seq, kind: "gone" });
  const asked = { conversationId, messageId: answer.id };
  const { replyTo } = await must(server.url, one, "messages.get", asked);
  expect(replyTo).toMatchObject({ kind: "text", text: "still there" });
});

/** So many messages that answer the first one, and nothing else. */
async function addQuotes(
  { database: { sql } }: Pick<TestServer, "database">,
  { other, conversationId, first }: Chat,
  count: number,
): Promise<void> {
  await sql`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, text, created_at, reply_to_seq)
    select ${conversationId}, n, n, (lpad(to_hex(n), 8, '0') || substr(${first.id}::text, 9))::uuid, ${other.id}, 'q' || n, 'q', now(), 1
    from generate_series(2, ${count + 1}::int) n`;
  await sql`update conversations set last_seq = ${count + 1}, last_change = ${count + 1} where id = ${conversationId}`;
}

async function readOwed({ sql }: Database, conversationId: string) {
  const [{ change }] = await sql`
    select last_change::float8 as change from conversations where id = ${conversationId}`;
  const owed: object[] = await sql`select 1 from quotes_due where conversation_id = ${conversationId}`;
  return { change: Number(change), owed: owed.length };
}

test("R9 T6 more than a change of its source takes: all 1,203 quotes of an unsent one change, each with a number of its own", async () => {
  const chat = await makeChat(server, "canary-many");
  const { one, other, conversationId, first } = chat;
  await addQuotes(server, chat, 1_203);
  using socket = await openSocket(server.url, other);
  await must(server.url, one, "messages.unsend", { conversationId, messageId: first.id });
  await until("nothing is owed", async () => (await readOwed(server.database, conversationId)).owed === 0);
  const pulled = [...(await pullAll(server.url, other, conversationId)).values()];
  const numbers = pulled.map(({ change }) => change);
  console.log(
    `R9: ${pulled.length - 1} quotes of an unsent message, ${new Set(numbers).size} numbers of changes, ${numbers.filter((n) => n <= 1204).length} unchanged`,
  );
  expect(pulled).toHaveLength(1204);
  expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1204 }, (_, n) => 1205 + n));
  expect(pulled.filter(({ replyTo }) => replyTo && replyTo.kind !== "gone")).toEqual([]);
  // Who is connected learns that there is more than what they were told one by one.
  await until("the last change was announced", () =>
    socket.events.some((event) => event.event === "inbox" && event.changes.some(({ change }) => change === 2408)),
  );
});

test("R9 an edit does not do the work of 10,000 quotes; another process does it, and what two edits left to do is done once", async () => {
  const before = await startTestServer({ config: { roles: ["api", "gateway"] } });
  const { database } = before;
  const chat = await makeChat(before);
  const { one, conversationId, first } = chat;
  await addQuotes(before, chat, 10_000);
  const beganMs = performance.now();
  await must(before.url, one, "messages.edit", { conversationId, messageId: first.id, text: "second" });
  const tookMs = performance.now() - beganMs;
  // The edit itself, and the newest fifty.
  expect(await readOwed(database, conversationId)).toEqual({ change: 10_001 + 51, owed: 1 });
  const inbox = inboxFlush({
    ...{ sql: database.sql, publish: publisher(localBus()), epoch: "" },
    onError: (error) => expect(error).toBeNull(),
  });
  const deps = { sql: database.sql, inbox, onError: (error: unknown) => expect(error).toBeNull() };
  expect(await settleQuotes(deps, new SetAside())).toBe(1);
  await inbox.stop();
  expect(await readOwed(database, conversationId)).toEqual({ change: 10_001 + 51 + 250, owed: 1 });
  await must(before.url, one, "messages.edit", { conversationId, messageId: first.id, text: "third" });
  expect(await readOwed(database, conversationId)).toEqual({ change: 10_001 + 51 + 250 + 51, owed: 1 });
  const worker = await startApp({
    config: testConfig({ dataDir: before.dataDir, config: { roles: ["worker"] } }),
    database,
    log: silentLog(),
  });
  const resumedMs = performance.now();
  await until("nothing is owed", async () => (await readOwed(database, conversationId)).owed === 0);
  const settledMs = performance.now() - resumedMs;
  await worker.stop();
  const { change } = await readOwed(database, conversationId);
  const [{ stale, numbers }] = await database.sql`
    select count(*) filter (where q.change < s.change)::int as stale, count(distinct q.change)::int as numbers
    from messages q join messages s on s.conversation_id = q.conversation_id and s.seq = 1
    where q.conversation_id = ${conversationId} and q.reply_to_seq = 1`;
  await before.stop();
  console.log(
    `R9: an edit of what 10,000 messages quote: ${tookMs.toFixed(0)} ms; the rest by another process ${settledMs.toFixed(0)} ms later; ${stale} left`,
  );
  // Those of the first batch change once more, the others once for both edits.
  expect({ stale, numbers, change }).toEqual({
    stale: 0,
    numbers: 10_000,
    change: 10_001 + 51 + 250 + 51 + 9_700 + 250,
  });
}, 60_000);

test("C15 news of ten quotes in a group of forty are encoded for those who see them alike, not for each", async () => {
  const people = await somePeople(server, 40);
  const { id: conversationId } = await makeApiGroup(server, people);
  const [one, other, third] = people;
  const source = await say(server.url, one, conversationId, { text: "before" });
  for (let n = 0; n < 10; n += 1) await say(server.url, other, conversationId, { replyToId: source.id });
  await must(server.url, third, "messages.react", { conversationId, messageId: source.id, emoji: "👍" });
  using socket = await openSocket(server.url, third);
  const encode = spyOn(JSON, "stringify");
  await must(server.url, one, "messages.edit", { conversationId, messageId: source.id, text: "after" });
  const encoded = encode.mock.calls.filter(([value]) => Object(value).event === "message.changed").length;
  encode.mockRestore();
  const told = () => toldOf(socket, conversationId);
  await until("everything was told", () => told().length === 11);
  expect(told().flatMap(({ replyTo }) => replyTo?.text ?? [])).toEqual(Array.from({ length: 10 }, () => "after"));
  expect(told().flatMap(({ reactions }) => reactions?.map(({ mine }) => mine) ?? [])).toEqual([true]);
  console.log(`C15: 11 messages told to 40 people: ${encoded} encodings`);
  // Each for its sender and for the others; the source for whoever reacted as well.
  expect(encoded).toBe(23);
}, 30_000);

test("T1 R8 R10 R27 a quote tells nothing of what its reader may not see", async () => {
  const people = await somePeople(server, 3);
  const [maker, second, late] = people;
  const { id: conversationId } = await makeApiGroup(server, [maker, second]);
  const early = await say(server.url, maker, conversationId, { text: "canary-early" });
  await join(conversationId, late, early.seq);
  using socket = await openSocket(server.url, late);
  const answer = await say(server.url, second, conversationId, { replyToId: early.id });
  expect(answer.replyTo?.text).toBe("canary-early");
  await until("the late one was told", () => toldOf(socket, conversationId).length > 0);
  await must(server.url, maker, "messages.edit", { conversationId, messageId: early.id, text: "canary-later" });
  await must(server.url, second, "messages.react", { conversationId, messageId: answer.id, emoji: "👍" });
  await must(server.url, second, "messages.pin", { conversationId, messageId: answer.id });
  const hidden = await say(server.url, second, conversationId, { text: "canary-hidden" });
  await must(server.url, late, "messages.hide", { conversationId, messageIds: [hidden.id] });
  await say(server.url, maker, conversationId, { replyToId: hidden.id });
  await Bun.sleep(300);
  const reads = await Promise.all([
    call(server.url, late, "messages.list", { conversationId }),
    call(server.url, late, "messages.list", { conversationId, around: answer.seq }),
    call(server.url, late, "messages.changes", { conversationId, after: 0 }),
    call(server.url, late, "messages.get", { conversationId, messageId: answer.id }),
    call(server.url, late, "messages.listPinned", { conversationId }),
    call(server.url, late, "conversations.get", { conversationId }),
    call(server.url, late, "sync.pull", {}),
  ]);
  const told = toldOf(socket, conversationId).filter(({ id }) => id !== hidden.id);
  const leaks = [...reads.map(({ text }) => text), JSON.stringify(told)].filter((text) => text.includes("canary"));
  console.log(
    `R8 R10: quotes of what one may not see in ${reads.length} answers and ${told.length} events: ${leaks.length} that tell`,
  );
  expect(leaks).toEqual([]);
  expect(told.length).toBeGreaterThan(2);
});

test("R27 what cannot be answered: another conversation's, a missing one, one from before", async () => {
  const { other, conversationId, first } = await makeChat(server);
  const elsewhere = await makeChat(server);
  const people = await somePeople(server, 3);
  const { id: groupId } = await makeApiGroup(server, [people[0], people[1]]);
  const early = await say(server.url, people[0], groupId);
  await join(groupId, people[2], early.seq);
  const attempts: [Somebody, string, string][] = [
    [other, conversationId, elsewhere.first.id],
    [other, conversationId, Bun.randomUUIDv7()],
    [people[2], groupId, early.id],
    [people[2], groupId, first.id],
  ];
  const wrong: string[] = [];
  for (const [who, where, replyToId] of attempts) {
    const answer = await call(server.url, who, "messages.send", {
      conversationId: where,
      clientId: newClientId(),
      text: "re",
      replyToId,
    });
    if (answer.problem?.code !== "not_found" || answer.problem.pointer !== "/replyToId") wrong.push(answer.text);
  }
  const [from, to] = await addTwo(server.database);
  const request = await call(server.url, from, "messages.sendToPerson", {
    personId: to.id,
    clientId: newClientId(),
    text: "re",
    replyToId: first.id,
  });
  if (request.problem?.code !== "not_found") wrong.push(request.text);
  console.log(`R27: ${attempts.length + 1} answers to what the sender may not see: ${wrong.length} taken`);
  expect(wrong).toEqual([]);
  const made = await server.database.sql`select 1 from conversations where ${from.id} in (low_id, high_id)`;
  expect(made).toHaveLength(0);
});

/** As somebody whom the group shows what comes from now on (R8). */
async function join(conversationId: string, who: Somebody, visibleAfterSeq: number): Promise<void> {
  const { sql } = server.database;
  await sql`
    insert into members (conversation_id, person_id, joined_at, visible_after_seq)
    values (${conversationId}, ${who.id}, now(), ${visibleAfterSeq})`;
  await sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    values (${who.id}, ${conversationId}, 'inbox', 0, 0, 0, now())`;
}
