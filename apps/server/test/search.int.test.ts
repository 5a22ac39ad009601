import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, addReadyPhotos, addTwo, call, must, openSocket } from "./api-kit.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { until } from "./people.ts";
import { find, indexed, say, termsInIndex, twoFriends } from "./search-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("C18 messages that hold every word are found, newest first, by both people and by nobody else", async () => {
  const [ada, bob] = await twoFriends(server);
  const [, eve] = await twoFriends(server);
  await say(server, ada, bob, "The dunes before the rain");
  await say(server, bob, ada, "Rain again, no dunes");
  await say(server, bob, ada, "dune buggies");
  expect((await find(server, ada, { query: "rain dunes" })).texts).toEqual([
    "Rain again, no dunes",
    "The dunes before the rain",
  ]);
  expect((await find(server, bob, { query: "dun" })).texts).toEqual([
    "dune buggies",
    "Rain again, no dunes",
    "The dunes before the rain",
  ]);
  expect((await find(server, ada, { query: "dune " })).texts).toEqual(["dune buggies"]);
  expect((await find(server, ada, { query: "DUNES the" })).marked).toEqual(["The", "dunes", "the"]);
  expect((await find(server, eve, { query: "dunes" })).texts).toEqual([]);
  expect((await find(server, ada, { query: "" })).texts).toEqual([]);
  expect((await find(server, ada, { query: " ?! " })).texts).toEqual([]);
});

test("C18 in any script, one character as well as many", async () => {
  const [ada, bob] = await twoFriends(server);
  const said = [
    "我们明天去北京大学拍照",
    "ฉันชอบแม่น้ำเจ้าพระยามาก",
    "السَّلَامُ عَلَيْكُمْ يا أحمد",
    "東京タワーの写真",
    "학교에서 사진을",
    "İstanbul'da gün batımı",
  ];
  for (const text of said) await say(server, ada, bob, text);
  const queries = ["北京大学", "แม่น้ำ", "السلام احمد", "写真", "사진", "istanbul batimi"];
  for (const [n, query] of queries.entries())
    expect((await find(server, bob, { query })).texts).toEqual([said[n] ?? ""]);
  expect((await find(server, bob, { query: "照" })).texts).toEqual([said[0] ?? ""]);
  expect((await find(server, bob, { query: "北大" })).texts).toEqual([]);
});

test("C18 by conversation, person, kind and date; captions and links", async () => {
  const [ada, bob] = await twoFriends(server);
  const [carl] = await addPeople(server.database, 1);
  if (!carl) throw new Error("nobody");
  const first = await say(server, ada, bob, "harbour one");
  const link = await say(server, bob, ada, "harbour two https://example.org/a");
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [ada.id]);
  const photo = await must(server.url, ada, "messages.send", {
    conversationId: first.conversationId,
    clientId: "harbour-photo",
    text: "harbour three",
    mediaIds: [mediaId],
  });
  const group = await makeApiGroup(server, [ada, bob, carl]);
  await must(server.url, carl, "messages.send", { conversationId: group.id, clientId: "g", text: "harbour four" });
  const texts = async (input: Omit<Parameters<typeof find>[2], "query">, query = "harbour") =>
    (await find(server, ada, { query, ...input })).texts;
  expect(await texts({})).toEqual(["harbour four", "harbour three", link.text, "harbour one"]);
  expect(await texts({ conversationId: group.id })).toEqual(["harbour four"]);
  expect(await texts({ conversationId: first.conversationId })).toEqual(["harbour three", link.text, "harbour one"]);
  expect(await texts({ personId: bob.id })).toEqual([link.text]);
  expect(await texts({ personId: ada.id, kind: "text" })).toEqual(["harbour one"]);
  expect(await texts({ kind: "photo" })).toEqual(["harbour three"]);
  expect(await texts({ kind: "photo" }, "")).toEqual(["harbour three"]);
  expect(await texts({ kind: "link" }, "")).toEqual([link.text]);
  expect(await texts({ kind: "link", conversationId: first.conversationId }, "")).toEqual([link.text]);
  expect(await texts({ from: photo.createdAt })).toEqual(["harbour four", "harbour three"]);
  expect(await texts({ to: photo.createdAt })).toEqual([link.text, "harbour one"]);
  expect((await find(server, carl, { query: "harbour" })).texts).toEqual(["harbour four"]);
  // Somebody else's conversation looks like a missing one (R27).
  const foreign = { query: "harbour", conversationId: first.conversationId };
  expect((await call(server.url, carl, "messages.search", foreign)).problem?.code).toBe("not_found");
});

test("C18 pages follow each other without a gap or a repetition, and a cursor goes with its own search alone", async () => {
  const [ada, bob] = await twoFriends(server);
  for (let n = 0; n < 23; n += 1) await say(server, ada, bob, `lighthouse lights ${n}`);
  await indexed(server);
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await must(server.url, bob, "messages.search", {
      query: "light",
      limit: 5,
      ...(cursor !== undefined && { cursor }),
    });
    seen.push(...page.items.map((item) => item.message.text));
    cursor = page.next ?? undefined;
    if (cursor === undefined) continue;
    const strange = [{ query: "lights" }, { query: "light", kind: "text" as const }];
    for (const input of strange)
      expect((await call(server.url, bob, "messages.search", { ...input, cursor })).problem?.code).toBe("invalid");
    expect((await call(server.url, ada, "messages.search", { query: "light", cursor })).problem?.code).toBe("invalid");
  } while (cursor !== undefined);
  expect(seen).toEqual(Array.from({ length: 23 }, (_, n) => `lighthouse lights ${22 - n}`));
});

test("R10 what one deleted for oneself is not found by oneself, and by others it is", async () => {
  const [ada, bob] = await twoFriends(server);
  const message = await say(server, ada, bob, "parasol on the beach");
  const { conversationId, id } = message;
  await must(server.url, bob, "messages.hide", { conversationId, messageIds: [id] });
  expect((await find(server, bob, { query: "parasol" })).texts).toEqual([]);
  expect((await find(server, bob, { query: "parasol", conversationId })).texts).toEqual([]);
  expect((await find(server, ada, { query: "parasol" })).texts).toEqual(["parasol on the beach"]);
});

test("R8 C19 what came before one joined, after one left, what ran out and what is for one look is not found", async () => {
  const { sql } = server.database;
  const [ada, bob] = await twoFriends(server);
  const early = await say(server, ada, bob, "umbrella one");
  const { conversationId, seq } = early;
  const expired = await say(server, ada, bob, "umbrella two");
  const once = await say(server, ada, bob, "umbrella three");
  await say(server, ada, bob, "umbrella four");
  await indexed(server);
  await sql`update messages set expires_at = now() - interval '1 second' where conversation_id = ${conversationId} and seq = ${expired.seq}`;
  await sql`update messages set extras = ${{ viewOnce: { openedBy: [] } }}::jsonb where conversation_id = ${conversationId} and seq = ${once.seq}`;
  await sql`update members set visible_after_seq = ${seq} where conversation_id = ${conversationId} and person_id = ${bob.id}`;
  expect((await find(server, bob, { query: "umbrella" })).texts).toEqual(["umbrella four"]);
  expect((await find(server, bob, { query: "umbrella", conversationId })).texts).toEqual(["umbrella four"]);
  await sql`update members set left_at = now() where conversation_id = ${conversationId} and person_id = ${bob.id}`;
  expect((await find(server, bob, { query: "umbrella" })).texts).toEqual([]);
  const left = await call(server.url, bob, "messages.search", { query: "umbrella", conversationId });
  expect(left.problem?.code).toBe("not_found");
});

test("R3 a request that waits is not among what one searches, until it is accepted", async () => {
  const [ada, eve] = await addTwo(server.database);
  const message = await say(server, eve, ada, "lantern for sale");
  expect((await find(server, ada, { query: "lantern" })).texts).toEqual([]);
  expect((await find(server, eve, { query: "lantern" })).texts).toEqual(["lantern for sale"]);
  await must(server.url, ada, "requests.accept", { conversationId: message.conversationId });
  expect((await find(server, ada, { query: "lantern" })).texts).toEqual(["lantern for sale"]);
});

test("R9 T6 an unsent message is not found, and none of its words is left in the index", async () => {
  const [ada, bob] = await twoFriends(server);
  const message = await say(server, ada, bob, "the canary zebrafinch sings");
  expect((await find(server, bob, { query: "zebrafinch" })).texts).toHaveLength(1);
  expect(await termsInIndex(server, message)).toEqual(["canary", "sings", "the", "zebrafinch"]);
  await must(server.url, ada, "messages.unsend", { conversationId: message.conversationId, messageId: message.id });
  expect(await termsInIndex(server, message)).toEqual([]);
  expect((await find(server, bob, { query: "zebrafinch" })).texts).toEqual([]);
});

test("R17 T6 an edited message is found by what it says now, and nothing of what it said is left in the index", async () => {
  const [ada, bob] = await twoFriends(server);
  const message = await say(server, ada, bob, "the canary budgerigar sings");
  expect((await find(server, bob, { query: "budgerigar" })).texts).toHaveLength(1);
  const { conversationId, id: messageId } = message;
  await must(server.url, ada, "messages.edit", { conversationId, messageId, text: "the kestrel hovers" });
  expect(await termsInIndex(server, message)).toEqual(["hovers", "kestrel", "the"]);
  expect((await find(server, bob, { query: "budgerigar" })).texts).toEqual([]);
  expect((await find(server, ada, { query: "kestrel" })).texts).toEqual(["the kestrel hovers"]);
});

test("C19 T6 a message that ran out leaves nothing in the index, and one for a single look is never in it", async () => {
  const [ada, bob] = await twoFriends(server);
  const { conversationId } = await say(server, ada, bob, "before the cormorant");
  await must(server.url, ada, "conversations.setDisappearing", { conversationId, afterSeconds: 5 });
  const message = await say(server, ada, bob, "the cormorant dives");
  const once = await must(server.url, ada, "messages.send", {
    conversationId,
    clientId: "once",
    text: "a cormorant, once",
    viewOnce: true,
  });
  expect((await find(server, bob, { query: "cormorant" })).texts).toEqual([
    "the cormorant dives",
    "before the cormorant",
  ]);
  expect(await termsInIndex(server, once)).toEqual([]);
  await until("it ran out", async () => (await termsInIndex(server, message)).length === 0, 20_000);
  expect((await find(server, bob, { query: "cormorant" })).texts).toEqual(["before the cormorant"]);
}, 30_000);

test("T28 one question compares so much text and no more; the next pages go on with the rest", async () => {
  const [one, other] = await twoFriends(server);
  const { conversationId } = await say(server, one, other, "the needle");
  const { sql } = server.database;
  const [count, text] = [120, "hay stack ".repeat(1_000)];
  await sql`
    insert into messages (conversation_id, seq, id, sender_id, client_id, text, change, created_at)
    select ${conversationId}, n, gen_random_uuid(), ${one.id}, 'hay' || n, ${text}, n, now() + make_interval(secs => n / 1000.0)
    from generate_series(2, ${count + 1}::int) n`;
  await sql`update conversations set last_seq = ${count + 1}, last_change = ${count + 1} where id = ${conversationId}`;
  const found: string[] = [];
  let pages = 0;
  for (let cursor: string | null | undefined; cursor !== null; pages += 1) {
    const input = { query: "needle", conversationId, ...(cursor !== undefined && { cursor }) };
    const page = await must(server.url, other, "messages.search", input);
    found.push(...page.items.map((item) => item.message.text));
    cursor = page.next;
  }
  console.log(`T28: ${count * text.length} characters of hay were compared by ${pages} questions`);
  expect(found).toEqual(["the needle"]);
  expect(pages).toBeGreaterThan(2);
});

test("Bad input: a query of 50 kB, of nothing but marks, with a broken cursor or date is refused or finds nothing", async () => {
  const [ada] = await twoFriends(server);
  using socket = await openSocket(server.url, ada);
  for (const query of ["x".repeat(50_000), "\u0301".repeat(50_000), "北".repeat(101)]) {
    expect((await socket.call("messages.search", { query })).error).toMatchObject({ status: 400, code: "invalid" });
    // Over HTTP it stands in the address, which is refused before anybody reads the query.
    expect([400, 431]).toContain((await call(server.url, ada, "messages.search", { query })).status);
  }
  for (const query of ["\u0301".repeat(100), "'".repeat(100), "\u202E\u200B", ":photo", "%_\\"])
    expect((await must(server.url, ada, "messages.search", { query })).items).toEqual([]);
  for (const input of [{ cursor: "x" }, { cursor: btoa('["a",1,"b",2]') }, { from: "yesterday" }])
    expect((await call(server.url, ada, "messages.search", { query: "x", ...input })).status).toBe(400);
});
