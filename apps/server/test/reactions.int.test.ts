import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@sotto/protocol/limits.ts";
import { isEmoji } from "../src/messages/reactions.ts";
import { readReaction } from "../src/notifications/unread.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, inParallel, must, openSocket } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { makeChat, say, toldOf } from "./messages-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("C15 everybody sees who reacted with what, each which are theirs; the same one counts once", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  using socket = await openSocket(server.url, one);
  const react = { conversationId, messageId: first.id };
  await must(server.url, other, "messages.react", { ...react, emoji: "👍" });
  await must(server.url, one, "messages.react", { ...react, emoji: "👍" });
  await must(server.url, other, "messages.react", { ...react, emoji: "❤️" });
  const again = await must(server.url, other, "messages.react", { ...react, emoji: "👍" });
  expect(again.change).toBe(first.change + 3);
  expect(again.reactions).toEqual([
    { emoji: "👍", count: 2, mine: true, personIds: [other.id, one.id] },
    { emoji: "❤️", count: 1, mine: true, personIds: [other.id] },
  ]);
  await until("the sender was told", () =>
    toldOf(socket, conversationId).some(({ reactions }) => reactions?.length === 2),
  );
  expect(
    toldOf(socket, conversationId)
      .at(-1)
      ?.reactions?.map(({ mine }) => mine),
  ).toEqual([true, false]);
  await must(server.url, other, "messages.unreact", { ...react, emoji: "❤️" });
  await must(server.url, other, "messages.unreact", { ...react, emoji: "👍" });
  await must(server.url, one, "messages.unreact", { ...react, emoji: "👍" });
  const none = await must(server.url, one, "messages.get", react);
  expect(none.reactions).toBeUndefined();
});

test("R21 a reaction to a message that disappeared is told to nobody", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  await must(server.url, other, "messages.react", { conversationId, messageId: first.id, emoji: "👍" });
  const { sql } = server.database;
  const told = async () => await readReaction(sql, one.id, { conversationId, seq: first.seq, reactorId: other.id });
  const expireIn = async (seconds: number) =>
    await sql`
      update messages set expires_at = now() + make_interval(secs => ${seconds})
      where conversation_id = ${conversationId} and seq = ${first.seq}`;
  await expireIn(3600);
  expect(await told()).toMatchObject({ emoji: "👍" });
  await expireIn(-1);
  expect(await told()).toBeNull();
});

const lookalikes = [
  "a",
  "+1",
  ":)",
  "1",
  "#",
  "❤",
  "☺",
  "™",
  "\u200d",
  "\ufe0f",
  "\u20e3",
  "🇩",
  "🇩🇪🇫",
  "🇽🇽",
  "👍👍",
  "👍 ",
  " 👍",
  "👍\n",
  "👍a",
  "👨\u200d",
  "\u200d👩",
  "👨‍👩‍👧‍👦‍👦",
  "👍🏽🏽",
  "🏽👍",
  "🏴\u{e0067}\u{e0062}",
  "\u{e007f}",
  "👍\u200b",
  "👍\u0301",
  "‮👍",
  "",
  "\ud83d",
  "👍\0",
  "👍".repeat(20),
  "x".repeat(50_000),
  "👍".repeat(12_500),
];

test("C15 T27 reactions that are not emoji are refused, whatever they look like", async () => {
  const { other, conversationId, first } = await makeChat(server);
  const accepted: string[] = [];
  using socket = await openSocket(server.url, other);
  for (const emoji of lookalikes) {
    const asked = { conversationId, messageId: first.id, emoji };
    const answers = [
      (await call(server.url, other, "messages.react", asked)).problem,
      (await socket.call("messages.react", asked)).error,
    ];
    if (answers.some((problem) => problem?.code !== "invalid")) accepted.push(emoji.slice(0, 40));
  }
  console.log(`C15: ${lookalikes.length} reactions that are no emoji, by two doors: ${accepted.length} accepted`);
  expect(accepted).toEqual([]);
  expect(["😀", "👍🏽", "👨‍👩‍👧‍👦", "🇩🇪", "1️⃣", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑🏿‍🦰"].filter((emoji) => !isEmoji(emoji))).toEqual([]);
});

test("C15 a person has five on a message, a message twenty kinds; past that it says so", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  const react = async (who: typeof one, emoji: string) =>
    (await call(server.url, who, "messages.react", { conversationId, messageId: first.id, emoji })).problem?.code ??
    "ok";
  const faces = Array.from({ length: 25 }, (_, n) => String.fromCodePoint(0x1f600 + n));
  const codes = await inParallel(faces.slice(0, 8), 8, async (emoji) => await react(one, emoji));
  expect(codes.filter((code) => code === "ok")).toHaveLength(limits.reactionsPerPerson);
  expect(codes.filter((code) => code === "invalid")).toHaveLength(3);
  const people = await somePeople(server, 6);
  const { id: groupId } = await makeApiGroup(server, people);
  const message = await say(server.url, people[0], groupId);
  let kinds = 0;
  for (const [n, emoji] of faces.entries()) {
    const who = people[Math.floor(n / 5)] ?? people[0];
    const { problem } = await call(server.url, who, "messages.react", {
      conversationId: groupId,
      messageId: message.id,
      emoji,
    });
    if (!problem) kinds += 1;
  }
  expect(kinds).toBe(limits.reactionKindsPerMessage);
  expect(await react(other, "👍")).toBe("ok");
});

test("T1 R8 R27 whoever may not see a message cannot react to it, pin it, get it, hide it or send it on", async () => {
  const { conversationId, first } = await makeChat(server);
  const [stranger] = await addTwo(server.database);
  const group = await somePeople(server, 3);
  const [maker, , late] = group;
  const { id: groupId } = await makeApiGroup(server, [maker, group[1]]);
  const early = await say(server.url, maker, groupId);
  await befriendAll(server.database.sql, [[maker, late]]);
  await server.database.sql`
    insert into members (conversation_id, person_id, joined_at, visible_after_seq) values (${groupId}, ${late.id}, now(), ${early.seq})`;
  await server.database.sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    values (${late.id}, ${groupId}, 'inbox', 0, 0, 0, now())`;
  const chat = await makeChat(server);
  const attempts = [
    { who: stranger, conversationId, messageId: first.id },
    { who: late, conversationId: groupId, messageId: early.id },
    { who: chat.one, conversationId: chat.conversationId, messageId: first.id },
    { who: chat.one, conversationId, messageId: chat.first.id },
  ];
  const wrong: string[] = [];
  for (const { who, ...one } of attempts) {
    const answers = await Promise.all([
      call(server.url, who, "messages.react", { ...one, emoji: "👍" }),
      call(server.url, who, "messages.unreact", { ...one, emoji: "👍" }),
      call(server.url, who, "messages.pin", one),
      call(server.url, who, "messages.unpin", one),
      call(server.url, who, "messages.get", one),
      call(server.url, who, "messages.edit", { ...one, text: "x" }),
      call(server.url, who, "messages.hide", { conversationId: one.conversationId, messageIds: [one.messageId] }),
      call(server.url, who, "messages.forward", { ...one, clientId: "f", toConversationId: chat.conversationId }),
    ]);
    wrong.push(...answers.filter((answer) => answer.problem?.code !== "not_found").map((answer) => answer.text));
  }
  console.log(
    `T1: ${attempts.length * 8} commands on messages that one may not see: ${wrong.length} answered otherwise than missing`,
  );
  expect(wrong).toEqual([]);
});

test("C15 pins: for everybody, newest message first, a hundred at most, gone with the message", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  const second = await say(server.url, other, conversationId);
  const pinned = await must(server.url, other, "messages.pin", { conversationId, messageId: first.id });
  expect(pinned.pinnedAt).toBeString();
  await must(server.url, one, "messages.pin", { conversationId, messageId: second.id });
  const ids = async (who: typeof one) =>
    (await must(server.url, who, "messages.listPinned", { conversationId })).items.map(({ id }) => id);
  expect([await ids(one), await ids(other)]).toEqual([
    [second.id, first.id],
    [second.id, first.id],
  ]);
  await must(server.url, one, "messages.unpin", { conversationId, messageId: second.id });
  expect(await ids(other)).toEqual([first.id]);
  await must(server.url, one, "messages.unsend", { conversationId, messageId: first.id });
  expect(await ids(other)).toEqual([]);
  await server.database.sql`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, text, created_at, pinned_at)
    select ${conversationId}, 1000 + n, 1000 + n, gen_random_uuid(), ${one.id}, 'p' || n, 'p', now(), now() from generate_series(1, 100) n`;
  const full = await call(server.url, one, "messages.pin", { conversationId, messageId: second.id });
  expect(full.problem?.code).toBe("too_large");
});

test("C15 R25 a hundred pins of the longest texts come in answers of bounded size, each once", async () => {
  const { one, conversationId } = await makeChat(server);
  await server.database.sql`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, text, created_at, pinned_at)
    select ${conversationId}, 1000 + n, 1000 + n, gen_random_uuid(), ${one.id}, 'p' || n, repeat('あ', ${Math.floor(limits.textBytes / 3)}::int), now(), now()
    from generate_series(1, 100) n`;
  const [seqs, sizes]: [number[], number[]] = [[], []];
  for (let more = true; more;) {
    const before = seqs.at(-1);
    const { ok, text } = await call(server.url, one, "messages.listPinned", {
      conversationId,
      ...(before !== undefined && { before }),
    });
    seqs.push(...(ok?.items ?? []).map(({ seq }) => seq));
    sizes.push(Buffer.byteLength(text));
    more = ok?.hasOlder ?? false;
  }
  console.log(`R25: 100 long pins in ${sizes.length} answers, the largest of ${Math.max(...sizes)} bytes`);
  expect(seqs).toEqual(Array.from({ length: 100 }, (_, n) => 1100 - n));
  expect(Math.max(...sizes)).toBeLessThan(limits.answerTextBytes * 1.1);
});
