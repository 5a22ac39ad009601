import { afterAll, beforeAll, expect, test } from "bun:test";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, call, inParallel, must, openSocket, type Somebody } from "./api-kit.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { columnsHolding } from "./log-kit.ts";
import { askEverything, sumOf } from "./media-asks.ts";
import { until } from "./people.ts";
import { uploadPhoto } from "./upload-photo.ts";

let server: TestServer;
/** Without the rounds of a worker: what it shows is decided when it is read. */
let withoutRounds: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  withoutRounds = await startTestServer({ config: { roles: ["api", "gateway"] } });
}, 60_000);
afterAll(async () => void (await Promise.all([server.stop(), withoutRounds.stop()])), 60_000);

async function twoFriends(on: TestServer) {
  const [one, other] = (await addPeople(on.database, 2)) as [Somebody, Somebody];
  await befriendAll(on.database.sql, [[one, other]]);
  const { conversation } = await must(on.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  return { one, other, conversationId: conversation.id };
}

const canaryWord = () => `canary${crypto.randomUUID().replaceAll("-", "")}`;

/** Whatever shows messages, as this person reads it; the tombstone's own answer first. */
async function readEverything(on: TestServer, who: Somebody, conversationId: string, messageId: string) {
  return await Promise.all([
    call(on.url, who, "messages.get", { conversationId, messageId }),
    call(on.url, who, "messages.list", { conversationId }),
    call(on.url, who, "messages.changes", { conversationId, after: 0 }),
    call(on.url, who, "messages.listPinned", { conversationId }),
    call(on.url, who, "conversations.get", { conversationId }),
    call(on.url, who, "conversations.list", {}),
    call(on.url, who, "sync.pull", {}),
  ]);
}

test("C19 T6 past its time a message shows nowhere, also before any round came by; nor does what it said in quotes", async () => {
  const { one, other, conversationId } = await twoFriends(withoutRounds);
  const { sql } = withoutRounds.database;
  await must(withoutRounds.url, one, "conversations.setDisappearing", { conversationId, afterSeconds: 3_600 });
  const canary = canaryWord();
  const said = await must(withoutRounds.url, one, "messages.send", { conversationId, clientId: "c", text: canary });
  const { id: messageId } = said;
  const lived = (Date.parse(said.expiresAt ?? "") - Date.parse(said.createdAt)) / 1000;
  expect(lived).toBe(3_600);
  const quoting = await must(withoutRounds.url, other, "messages.send", {
    conversationId,
    clientId: "q",
    text: "so",
    replyToId: messageId,
  });
  expect(quoting.replyTo?.text).toBe(canary);
  await must(withoutRounds.url, one, "messages.pin", { conversationId, messageId });
  await sql`update messages set expires_at = now() where conversation_id = ${conversationId} and seq = ${said.seq}`;
  const answers = (
    await Promise.all(
      [one, other].map(async (who) => await readEverything(withoutRounds, who, conversationId, messageId)),
    )
  ).flat();
  const attempts = await Promise.all([
    call(withoutRounds.url, other, "messages.forward", {
      conversationId,
      messageId,
      toConversationId: conversationId,
      clientId: "f",
    }),
    call(withoutRounds.url, one, "messages.edit", { conversationId, messageId, text: "again" }),
    call(withoutRounds.url, other, "messages.react", { conversationId, messageId, emoji: "👍" }),
    call(withoutRounds.url, one, "messages.send", { conversationId, clientId: "c", text: canary }),
  ]);
  const leaks = [...answers, ...attempts].filter((answer) => answer.text.includes(canary)).length;
  console.log(
    `T6 expired, no round yet: ${answers.length + attempts.length} answers searched for its text: ${leaks} held it`,
  );
  expect(leaks).toBe(0);
  expect(answers[0]?.ok).toMatchObject({ text: "", gone: "expired" });
  const unread = await must(withoutRounds.url, other, "conversations.get", { conversationId });
  expect(unread.conversation.unread).toBe(1);
}, 60_000);

test("C19 R21 T7 a photo past its time: no byte by any address at once, and every byte deleted a moment later", async () => {
  const { one, other, conversationId } = await twoFriends(server);
  const { sql } = server.database;
  await must(server.url, one, "conversations.setDisappearing", { conversationId, afterSeconds: 5 });
  const mediaId = await uploadPhoto(server.url, one, await drawPhoto({ seed: 5, width: 800, height: 600 }));
  const sent = await must(server.url, one, "messages.send", {
    conversationId,
    clientId: "p",
    text: "",
    mediaIds: [mediaId],
  });
  const [media] = sent.media;
  if (!media) throw new Error("the message has its photo");
  using socket = await openSocket(server.url, other);
  const ask = async () =>
    sumOf(await Promise.all([one, other].map(async ({ token }) => await askEverything(server.url, token, media))));
  expect((await ask()).bytes).toBeGreaterThan(1_000);
  await Bun.sleep(Math.max(0, Date.parse(sent.expiresAt ?? "") - Date.now()) + 10);
  const atOnce = await ask();
  await until("everybody was told", () =>
    socket.events.some((event) => event.event === "message.changed" && event.message.gone === "expired"),
  );
  expect(await sql`select 1 from renditions where media_id = ${mediaId}`).toHaveLength(0);
  await until("the bytes are gone", async () => (await sql`select 1 from blob_deletions`).length === 0);
  const { attempts, given, bytes } = sumOf([atOnce, await ask()]);
  console.log(
    `T7 expired: ${attempts} requests for its photo, at once and after the round: ${given} answered, ${bytes} bytes`,
  );
  expect({ given, bytes }).toEqual({ given: 0, bytes: 0 });
}, 60_000);

test("C19 T6 after the round nothing of it is left in the database, the quotes follow, and the next messages stay as they are set", async () => {
  const { one, other, conversationId } = await twoFriends(server);
  const { sql } = server.database;
  const canary = canaryWord();
  await must(server.url, one, "conversations.setDisappearing", { conversationId, afterSeconds: 3_600 });
  const said = await must(server.url, one, "messages.send", { conversationId, clientId: "c", text: canary });
  const quoting = await must(server.url, other, "messages.send", {
    conversationId,
    clientId: "q",
    text: "so",
    replyToId: said.id,
  });
  await must(server.url, other, "conversations.saveDraft", {
    conversationId,
    text: "about it",
    replyToId: said.id,
    writtenAt: new Date().toISOString(),
  });
  expect((await columnsHolding(sql, canary)).found).toContain("messages.text");
  await sql`update messages set expires_at = now() where conversation_id = ${conversationId} and seq = ${said.seq}`;
  const at = { conversationId, messageId: said.id };
  await until("it went", async () => (await must(server.url, one, "messages.get", at)).change > said.change);
  await until(
    "its draft's quote went",
    async () =>
      (await must(server.url, other, "conversations.get", { conversationId })).conversation.draft?.replyToId === null,
  );
  const { searched, found } = await columnsHolding(sql, canary);
  const quote = (await must(server.url, other, "messages.get", { conversationId, messageId: quoting.id })).replyTo;
  const erased = await sql`select 1 from erasures where subject_id = ${conversationId} and seq = ${said.seq}`;
  console.log(`T6 expired: its text searched in ${searched} columns after the round: ${found.length} found`);
  expect({ found, kind: quote?.kind, erased: erased.length }).toEqual({ found: [], kind: "gone", erased: 1 });
  await must(server.url, other, "conversations.setDisappearing", { conversationId, afterSeconds: null });
  const stays = await must(server.url, one, "messages.send", { conversationId, clientId: "d", text: "stays" });
  expect(stays.expiresAt).toBeUndefined();
}, 60_000);

test("C19 R5 who may set it: whoever may send, and nobody else; a blocked one learns nothing", async () => {
  const { one, other, conversationId } = await twoFriends(server);
  const set = async (who: Somebody, id = conversationId) =>
    await call(server.url, who, "conversations.setDisappearing", { conversationId: id, afterSeconds: 60 });
  const [stranger, asked] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  expect((await set(stranger)).problem?.code).toBe("not_found");
  const request = await must(server.url, stranger, "messages.sendToPerson", {
    personId: asked.id,
    clientId: "r",
    text: "hi",
  });
  for (const who of [stranger, asked])
    expect((await set(who, request.conversation.id)).problem?.code).toBe("request_waiting");
  await must(server.url, other, "blocks.block", { personId: one.id });
  expect((await set(one)).problem?.code).toBe("not_accepting");
  expect((await set(other)).problem?.code).toBe("blocked_by_you");
  await must(server.url, other, "blocks.unblock", { personId: one.id });
  using socket = await openSocket(server.url, other);
  expect((await set(one)).ok.disappearAfterSeconds).toBe(60);
  await until("the other is told", () =>
    socket.events.some((event) => event.event === "inbox" && event.changes.some((change) => change.stale)),
  );
  const seen = await must(server.url, other, "conversations.get", { conversationId });
  expect(seen.conversation.disappearAfterSeconds).toBe(60);
}, 30_000);

test("C19 T8 sends beside the setting: each has an end from the change that it came after", async () => {
  const { one, other, conversationId } = await twoFriends(server);
  let setAt = 0;
  const sends = Array.from({ length: 200 }, (_, index) => index);
  await inParallel(sends, 16, async (index) => {
    if (index === 60) {
      await must(server.url, other, "conversations.setDisappearing", { conversationId, afterSeconds: 86_400 });
      setAt = (await must(server.url, other, "conversations.get", { conversationId })).conversation.change;
    }
    await must(server.url, one, "messages.send", { conversationId, clientId: `s${index}`, text: "x" });
  });
  const [{ count, wrong }] = await server.database.sql`
    select count(*)::int as count, (count(*) filter (where change > ${setAt} and expires_at is null))::int as wrong
    from messages where conversation_id = ${conversationId}`;
  console.log(`C19: ${count} messages beside the setting, ${wrong} after it without an end`);
  expect({ count, wrong }).toEqual({ count: 201, wrong: 0 });
}, 60_000);

test("C19 three hundred that expire at once: each goes once, with one number of its own", async () => {
  const people = (await addPeople(server.database, 3)) as [Somebody, Somebody, Somebody];
  const { id: conversationId } = await makeApiGroup(server, people);
  await must(server.url, people[0], "conversations.setDisappearing", { conversationId, afterSeconds: 3_600 });
  await inParallel(Array.from({ length: 300 }), 8, async (_, index) => {
    await must(server.url, people[0], "messages.send", { conversationId, clientId: `m${index}`, text: "x" });
  });
  const { sql } = server.database;
  await sql`update messages set expires_at = now() where conversation_id = ${conversationId}`;
  await until(
    "all are gone",
    async () =>
      (await sql`select 1 from messages where conversation_id = ${conversationId} and unsent_at is null`).length === 0,
  );
  const [row] = await sql`
    select count(*)::int as gone, count(distinct m.change)::int as changes, (select last_change::int from conversations where id = ${conversationId}) as last
    from messages m where conversation_id = ${conversationId}`;
  expect({ gone: row.gone, changes: row.changes }).toEqual({ gone: 300, changes: 300 });
  const { items } = await must(server.url, people[1], "messages.list", { conversationId });
  expect(items.every((message) => message.gone === "expired" && message.text === "")).toBe(true);
}, 60_000);

test("T30 120 messages that cannot go keep back neither those of their conversation nor anybody else's", async () => {
  const [bad, good] = [await twoFriends(server), await twoFriends(server)];
  const { sql } = server.database;
  await sql.unsafe(`create function refuse_to_go() returns trigger language plpgsql as $$
    begin raise exception 'it cannot go' using errcode = '23514'; end $$`);
  await sql.unsafe(`create trigger refuse_to_go before update on messages for each row
    when (new.unsent_at is not null and new.client_id like 'stuck%') execute function refuse_to_go()`);
  const begin = bad.conversationId.slice(0, 8);
  await sql`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, text, created_at, expires_at)
    select ${bad.conversationId}, n, n, (lpad(to_hex(n), 8, '0') || substr(${bad.conversationId}::text, 9))::uuid, ${bad.one.id},
      case when n = 121 then 'free' else 'stuck' || n end, ${begin}, now(), now() - make_interval(secs => 1000 - n)
    from generate_series(2, 122) n`;
  await sql`update conversations set last_seq = 122, last_change = 122 where id = ${bad.conversationId}`;
  await sql`update messages set expires_at = now() where conversation_id = ${good.conversationId}`;
  const beganMs = performance.now();
  await until("the others are gone", async () => {
    const left = await sql`
      select 1 from messages
      where conversation_id in (${bad.conversationId}, ${good.conversationId}) and expires_at <= now() and unsent_at is null
        and client_id not like 'stuck%'`;
    return left.length === 0;
  });
  console.log(
    `T30: behind 120 messages that cannot go, the others went in ${(performance.now() - beganMs).toFixed(0)} ms`,
  );
  await sql.unsafe("drop trigger refuse_to_go on messages");
  const stuck = await sql`select 1 from messages where client_id like 'stuck%' and unsent_at is null`;
  expect(stuck).toHaveLength(120);
  // They are tried again, later each time: within seconds after so few times.
  await until("they went as soon as they could", async () => {
    const left = await sql`select 1 from messages where client_id like 'stuck%' and unsent_at is null`;
    return left.length === 0;
  });
}, 60_000);

test("R25 setting how long messages stay is limited: each change makes everybody's sends decide again", async () => {
  const { one, conversationId } = await twoFriends(server);
  const answers = await inParallel(
    Array.from({ length: 130 }, (_, n) => (n % 2 === 0 ? 60 : null)),
    4,
    async (afterSeconds) =>
      await call(server.url, one, "conversations.setDisappearing", { conversationId, afterSeconds }),
  );
  const refused = answers.filter(({ problem }) => problem?.code === "rate_limited");
  console.log(`R25: 130 changes of how long messages stay: ${refused.length} refused`);
  expect(refused).toHaveLength(10);
  expect(refused[0]?.problem?.retryAt).toBeString();
}, 60_000);
