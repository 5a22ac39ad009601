import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@sotto/protocol/limits.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, addTwo, befriendAll, must, rawRequest, toHttp, type Somebody } from "./api-kit.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()), 60_000);
afterAll(async () => await server.stop(), 60_000);

test("T29 an answer has a size: pages of history end early, and lead to everything", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  // 65 kB each; a control character takes six bytes as JSON.
  const texts = Array.from({ length: 40 }, (_, n) =>
    n % 2 === 0 ? `${n}:` + "👩‍👩‍👧‍👦".repeat(2_600) : `${n}:` + "\u0001".repeat(9_900),
  );
  let conversationId = "";
  for (const [n, text] of texts.entries())
    ({ conversationId } = (
      await must(server.url, one, "messages.sendToPerson", { personId: other.id, clientId: `m${n}`, text })
    ).message);
  const seen: string[] = [];
  let [pages, mostBytes] = [0, 0];
  for (let after = 0; ;) {
    const request = toHttp("messages.list", { conversationId, after, limit: limits.pageMax });
    const answer = await rawRequest<{ items: { text: string; seq: number }[]; hasNewer: boolean }>(server.url, {
      ...request,
      token: other.token,
    });
    pages += 1;
    mostBytes = Math.max(mostBytes, Buffer.byteLength(answer.text));
    seen.push(...answer.ok.items.map((item) => item.text));
    after = answer.ok.items.at(-1)?.seq ?? 0;
    if (!answer.ok.hasNewer) break;
  }
  console.log(
    `T29: ${texts.length} long messages in ${pages} pages, the largest of ${(mostBytes / 1024).toFixed(0)} kB`,
  );
  expect(seen).toEqual(texts);
  expect(pages).toBeGreaterThan(1);
  // Texts are limited before they become JSON, which makes at most six bytes of one.
  expect(mostBytes).toBeLessThan(limits.answerTextBytes * 6 + limits.textBytes * 6 + limits.pageMax * 1_000);
});

test("R16 a list costs the same however much one wrote oneself behind the marker", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  const { conversationId } = message;
  const list = async (who: Somebody) => {
    const startedMs = performance.now();
    const [conversation] = (await must(server.url, who, "conversations.list", {})).items;
    return { unread: conversation?.unread, ms: performance.now() - startedMs };
  };
  await list(one);
  const few = (await list(one)).ms;
  const many = 100_000;
  await server.database.sql`
    insert into messages (conversation_id, seq, id, sender_id, client_id, text, change, created_at)
    select ${conversationId}, n, gen_random_uuid(), ${one.id}, 'x' || n, 'x', n, now() from generate_series(2, ${many}::int) n`;
  await server.database.sql`
    update conversations set last_seq = ${many}, last_change = ${many} where id = ${conversationId}`;
  const first = await list(one);
  const second = await list(one);
  console.log(
    `R16: a list took ${few.toFixed(1)} ms; with ${many} messages of one's own behind the marker ${first.ms.toFixed(1)} ms once, then ${second.ms.toFixed(1)}`,
  );
  expect([first.unread, second.unread]).toEqual([0, 0]);
  // The other one's count is what it was, and so is what comes after.
  expect((await list(other)).unread).toBe(100);
  await must(server.url, other, "messages.send", { conversationId, clientId: "reply", text: "reply" });
  expect((await list(one)).unread).toBe(1);
  const [row] = await server.database
    .sql`select read_seq::int as read from inbox where person_id = ${one.id} and conversation_id = ${conversationId}`;
  expect(row.read).toBe(many);
});

test("R16 the marker does not pass what a blocked person wrote: it counts again after unblocking", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const { message } = await must(server.url, other, "messages.sendToPerson", {
    personId: one.id,
    clientId: "first",
    text: "first",
  });
  const { conversationId } = message;
  await must(server.url, one, "blocks.block", { personId: other.id });
  await server.database.sql`
    insert into messages (conversation_id, seq, id, sender_id, client_id, text, change, created_at)
    select ${conversationId}, n, gen_random_uuid(), ${one.id}, 'x' || n, 'x', n, now() from generate_series(2, 900) n`;
  await server.database.sql`update conversations set last_seq = 900, last_change = 900 where id = ${conversationId}`;
  const unread = async () => (await must(server.url, one, "conversations.list", {})).items[0]?.unread;
  expect(await unread()).toBe(0);
  await must(server.url, one, "blocks.unblock", { personId: other.id });
  expect(await unread()).toBe(1);
});

test("C8 people are found by where their words begin, as a search through all of them would", async () => {
  const [me] = (await addPeople(server.database, 1)) as [Somebody];
  const names = [
    "Ana",
    "Anna Élan",
    "ANNA-MARIA",
    "Zoë",
    "zz",
    "z\u{10FFFD}",
    "Ångström Å",
    "安娜",
    "ana.b",
    "O'Brien",
    "an an an",
    "Ｆｕｌｌ",
    "ß",
    "İstanbul",
    "naïve",
    "100%",
    "a_b",
  ];
  for (const [n, name] of names.entries())
    await must(server.url, { token: "" }, "auth.signUp", {
      username: `finder.${n}`,
      name,
      password: "a long enough password",
    });
  const { fold } = await import("../src/people/search-words.ts");
  const wordsOf = (name: string, n: number) =>
    [name, `finder.${n}`].flatMap((text) => [fold(text), ...fold(text).split(/[\s._-]+/u)]);
  const queries = [
    "a",
    "an",
    "ana",
    "anna",
    "anna e",
    "maria",
    "z",
    "zz",
    "zo",
    "å",
    "安",
    "o'",
    "full",
    "s",
    "i",
    "nai",
    "100%",
    "%",
    "_",
    "a_",
    "an an",
    "finder",
    "finder.1",
    "@finder.2",
    "b",
    "\u{10FFFD}",
  ];
  const wrong: string[] = [];
  for (const query of queries) {
    const found = await must(server.url, me, "people.search", { query, limit: 200 });
    const got = found.items.map((one) => one.name).filter((name) => names.includes(name));
    const words = fold(query.replace(/^@/, ""))
      .split(/[\s_-]+/u)
      .filter((word) => word !== "");
    const meant = names.filter(
      (name, n) => words.length > 0 && words.every((word) => wordsOf(name, n).some((one) => one.startsWith(word))),
    );
    if (got.toSorted(inOrder).join("|") !== meant.toSorted(inOrder).join("|"))
      wrong.push(`${query}: ${got.join("|")}, not ${meant.join("|")}`);
  }
  console.log(`C8: ${queries.length} searches by the beginnings of words, ${wrong.length} unlike a search through all`);
  expect(wrong).toEqual([]);
});

const inOrder = (a: string, b: string) => (a < b ? -1 : 1);
