import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation } from "@sotto/protocol/types.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import {
  addPeople,
  addReadyPhotos,
  befriendAll,
  call,
  inParallel,
  must,
  openSocket,
  withoutRequestId,
  type Answer,
  type Somebody,
} from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { rows } from "./matrix-table.ts";
import { makeCases } from "./matrix-world.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()), 60_000);
afterAll(async () => await server.stop(), 60_000);

const create = async (who: Somebody, clientId: string, personIds: string[]) =>
  await call(server.url, who, "conversations.createGroup", { clientId, personIds });
const send = async (who: Somebody, conversationId: string, clientId: string, text = "hello") =>
  await call(server.url, who, "messages.send", { conversationId, clientId, text });
const folder = async (who: Somebody, name: "inbox" | "requests" | "archived" = "inbox"): Promise<Conversation[]> =>
  (await must(server.url, who, "conversations.list", { folder: name })).items;

test("R7 being added is an invitation: among the requests until accepted, and what is written there does not count", async () => {
  const people = await somePeople(server, 3);
  const [creator, one, other] = people;
  using socket = await openSocket(server.url, one);
  const group = await makeApiGroup(server, people, { accepted: false });
  expect(group).toMatchObject({ kind: "group", state: "accepted", memberCount: 3, lastSeq: 0 });
  expect(group.people.map((person) => person.id).toSorted()).toEqual([one.id, other.id].toSorted());
  await until("the invited hears of it", () => socket.events.some((event) => event.event === "inbox"));
  expect((await send(creator, group.id, "a", "welcome")).status).toBe(201);
  for (const who of [one, other]) {
    expect(await folder(who)).toEqual([]);
    const [invitation] = await folder(who, "requests");
    expect(invitation).toMatchObject({ id: group.id, state: "request_received", unread: 1, memberCount: 3 });
    // Who made it, and so invited them, comes first.
    expect(invitation?.people[0]?.id).toBe(creator.id);
    expect(invitation?.lastMessage?.text).toBe("welcome");
  }
  const accepted = await must(server.url, one, "requests.accept", { conversationId: group.id });
  expect(accepted).toMatchObject({ state: "accepted", unread: 1 });
  expect((await must(server.url, one, "requests.accept", { conversationId: group.id })).state).toBe("accepted");
  expect((await folder(one)).map(({ id }) => id)).toEqual([group.id]);
  expect((await folder(other, "requests")).map(({ id }) => id)).toEqual([group.id]);
  expect((await must(server.url, one, "conversations.get", { conversationId: group.id })).maySend).toEqual({
    allowed: true,
    as: "message",
  });
});

test("R7 writing into it accepts, for the writer alone; declining is leaving, and the others are not told", async () => {
  const people = await somePeople(server, 4);
  const [creator, writes, declines, waits] = people;
  if (!waits) throw new Error("too few people");
  const group = await makeApiGroup(server, people, { accepted: false });
  const conversationId = group.id;
  const { maySend } = await must(server.url, writes, "conversations.get", { conversationId });
  expect(maySend).toEqual({ allowed: true, as: "acceptance" });
  expect((await send(writes, conversationId, "w")).status).toBe(201);
  expect((await folder(writes)).map(({ id }) => id)).toEqual([conversationId]);
  expect((await folder(waits, "requests")).map(({ id }) => id)).toEqual([conversationId]);
  using socket = await openSocket(server.url, creator);
  await must(server.url, declines, "requests.decline", { conversationId });
  expect([...(await folder(declines)), ...(await folder(declines, "requests"))]).toEqual([]);
  for (const name of ["conversations.get", "messages.list"] as const)
    expect((await call(server.url, declines, name, { conversationId })).problem?.code).toBe("not_found");
  expect((await send(declines, conversationId, "d")).problem?.code).toBe("not_found");
  // An invitation that was accepted is not declined any more, only left.
  expect((await call(server.url, writes, "requests.decline", { conversationId })).problem?.code).toBe("not_found");
  await until("the creator's list knows", () => socket.events.some((event) => event.event === "inbox"));
  const { conversation } = await must(server.url, creator, "conversations.get", { conversationId });
  expect(conversation.memberCount).toBe(3);
  expect(conversation.people.map(({ id }) => id)).not.toContain(declines.id);
  expect(socket.events.filter((event) => event.event !== "inbox")).toEqual([]);
});

test("R7 nobody is told who has accepted, not by the order of people either", async () => {
  const people = await somePeople(server, 6);
  const [creator, ...others] = people;
  const { id: conversationId } = await makeApiGroup(server, people, { accepted: false });
  const seen = async (who: Somebody) =>
    (await must(server.url, who, "conversations.get", { conversationId })).conversation.people.map(({ id }) => id);
  const [before, last] = [await seen(creator), others.at(-1)];
  if (!last) throw new Error("too few people");
  await must(server.url, last, "requests.accept", { conversationId });
  expect(await seen(creator)).toEqual(before);
  expect((await seen(last))[0]).toBe(creator.id);
});

test("R7 unsending the one message of a group leaves its invitations", async () => {
  const people = await somePeople(server, 3);
  const [creator, one] = people;
  const { id: conversationId } = await makeApiGroup(server, people, { accepted: false });
  const message = await must(server.url, creator, "messages.send", { conversationId, clientId: "a", text: "x" });
  await must(server.url, creator, "messages.unsend", { conversationId, messageId: message.id });
  const [invitation] = await folder(one, "requests");
  expect(invitation).toMatchObject({ id: conversationId, unread: 0 });
});

test("R5 R6 T24 no side door: a group is made exactly where a direct message goes through as a message", async () => {
  const table = rows().filter((row) => row.content === "text");
  const cases = await makeCases(server, table);
  const wrong: string[] = [];
  await inParallel(cases, 32, async (one) => {
    const { status, problem } = await create(one.from, "matrix", [one.to.id]);
    const own = { O: "own_setting_closed", B: "blocked_by_you" }[one.expected];
    const meant = one.expected === "M" ? "201" : (own ?? "not_accepting");
    const found = problem?.code ?? String(status);
    if (found !== meant) wrong.push(`${one.name}: ${found}, not ${meant}`);
  });
  const made = await server.database.sql`select 1 from conversations where kind = 'group' and id in (
    select conversation_id from groups_created where client_id = 'matrix')`;
  const allowed = cases.filter((one) => one.expected === "M").length;
  console.log(
    `R5: ${cases.length} groups tried over the matrix, ${made.length} made of ${allowed}, ${wrong.length} wrong`,
  );
  expect(wrong).toEqual([]);
  expect(made).toHaveLength(allowed);
}, 120_000);

test("R5 R6 T9 a block ends the invitations of the blocked one: nothing more of them comes, other invitations stay", async () => {
  const people = await somePeople(server, 3);
  const [creator, blocker, friend] = people;
  const group = await makeApiGroup(server, people, { accepted: false });
  const other = await makeApiGroup(server, [friend, blocker], { accepted: false });
  using socket = await openSocket(server.url, blocker);
  await must(server.url, blocker, "blocks.block", { personId: creator.id });
  await must(server.url, blocker, "sync.pull", {});
  const before = socket.events.length;
  expect((await send(creator, group.id, "after", "after the block")).status).toBe(201);
  await must(server.url, friend, "requests.accept", { conversationId: group.id });
  expect((await send(friend, other.id, "o", "hello")).status).toBe(201);
  await until("the other group's message", () => socket.events.some(({ event }) => event === "message"));
  expect(JSON.stringify(socket.events.slice(before))).not.toContain(group.id);
  expect((await folder(blocker, "requests")).map(({ id }) => id)).toEqual([other.id]);
  expect((await call(server.url, blocker, "messages.list", { conversationId: group.id })).problem?.code).toBe(
    "not_found",
  );
});

test("R27 T24 missing, blocked and closed are one refusal, and with one of them nothing is made", async () => {
  let [attempts, different, made] = [0, 0, 0];
  const times = new Map<string, number[]>();
  for (let n = 0; n < 30; n++) {
    const [creator, friend, blocker, closed, stranger] = await addPeople(server.database, 5);
    if (!creator || !friend || !blocker || !closed || !stranger) throw new Error("too few people");
    await befriendAll(server.database.sql, [
      [creator, friend],
      [creator, blocker],
      [creator, closed],
    ]);
    await must(server.url, blocker, "blocks.block", { personId: creator.id });
    await must(server.url, closed, "settings.update", { whoMayMessage: "no_one" });
    const cases = Object.entries({
      blocked: blocker.id,
      closed: closed.id,
      missing: Bun.randomUUIDv7(),
      stranger: stranger.id,
    });
    const answers: Answer[] = [];
    for (let turn = 0; turn < cases.length; turn++) {
      const [name = "", id = ""] = cases[(n + turn) % cases.length] ?? [];
      const startedMs = performance.now();
      answers.push(await create(creator, `g-${name}`, [friend.id, id]));
      times.set(name, [...(times.get(name) ?? []), performance.now() - startedMs]);
    }
    attempts += answers.length;
    different += new Set(answers.map(withoutRequestId)).size - 1;
    if (n === 0) expect(answers[0]?.problem).toMatchObject({ code: "not_accepting", pointer: "/personIds/1" });
    const left = await server.database.sql`
      select 1 from members where person_id in (${creator.id}, ${friend.id}) union all
      select 1 from groups_created where creator_id = ${creator.id}`;
    made += left.length;
  }
  const median = (list: number[]) => (list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0).toFixed(2);
  console.log(
    `T24: ${attempts} groups with somebody blocked, closed, missing or a stranger: ${different} distinguishable, ${made} rows left behind; median ms ${[...times].map(([name, list]) => `${name} ${median(list)}`).join(", ")}`,
  );
  expect({ different, made }).toEqual({ different: 0, made: 0 });
});

test("R13 the same client id makes one group, also at once, also when it came to nothing to look at since", async () => {
  const people = await somePeople(server, 4);
  const [creator, ...others] = people;
  await befriendAll(
    server.database.sql,
    others.map((other) => [creator, other] as const),
  );
  const ids = others.map((other) => other.id);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => await create(creator, "once", n % 2 === 0 ? ids : ids.toReversed())),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  const made = new Set(answers.map(({ ok }) => ok.id));
  console.log(`R13: 20 parallel creations with one client id, ${made.size} group`);
  expect(made.size).toBe(1);
  // Before any block is looked at.
  await must(server.url, others[0], "blocks.block", { personId: creator.id });
  expect((await create(creator, "once", ids)).ok.id).toBe([...made][0] ?? "");
  expect((await create(creator, "once", ids.slice(1))).problem?.code).toBe("conflict");
  expect((await create(creator, "twice", ids)).problem?.code).toBe("not_accepting");
});

test("what is no list of others is refused before anybody is asked about", async () => {
  const [creator, friend] = await somePeople(server, 3);
  await befriendAll(server.database.sql, [[creator, friend]]);
  for (const personIds of [
    [],
    [creator.id],
    [friend.id, creator.id],
    [friend.id, friend.id],
    [friend.id, friend.id.toUpperCase()],
    Array.from({ length: limits.groupMembers }, () => Bun.randomUUIDv7()),
  ])
    expect((await create(creator, "x", personIds)).problem?.code).toBe("invalid");
});

test("a group of 200 is made, read and written to", async () => {
  const people = await somePeople(server, limits.groupMembers);
  const startedMs = performance.now();
  const group = await makeApiGroup(server, people, { accepted: false });
  const madeMs = performance.now() - startedMs;
  expect(group).toMatchObject({ memberCount: 200 });
  expect(group.people).toHaveLength(20);
  expect((await send(people[0], group.id, "a")).status).toBe(201);
  const last = people.at(-1);
  if (!last) throw new Error("too few people");
  expect((await folder(last, "requests"))[0]?.lastMessage?.text).toBe("hello");
  console.log(`a group of ${limits.groupMembers} made in ${madeMs.toFixed(0)} ms`);
});

test("R25 making groups has a limit, which says when to come back", async () => {
  const [creator] = await somePeople(server, 3);
  const answers = await inParallel(
    Array.from({ length: 70 }),
    8,
    async (_, n) => await create(creator, `l${n}`, [Bun.randomUUIDv7()]),
  );
  const limited = answers.filter(({ problem }) => problem?.code === "rate_limited");
  expect(limited).toHaveLength(10);
  expect(limited.every(({ problem }) => problem?.retryAt !== undefined)).toBe(true);
});

test("R16 photos, pins and marks of a group are a member's own, and unread counts are a recount", async () => {
  const people = await somePeople(server, 3);
  const [creator, one, other] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  const photo = await call(server.url, one, "messages.send", { conversationId, clientId: "p", mediaIds: [mediaId] });
  expect(photo.ok.media).toHaveLength(1);
  for (let n = 0; n < 5; n++) expect((await send(n % 2 === 0 ? one : other, conversationId, `m${n}`)).status).toBe(201);
  await must(server.url, creator, "conversations.markRead", { conversationId, seq: 2 });
  const unreadOf = async (who: Somebody) => (await folder(who))[0]?.unread;
  expect([await unreadOf(creator), await unreadOf(one), await unreadOf(other)]).toEqual([4, 2, 4]);
  await must(server.url, creator, "conversations.update", { conversationId, pinned: true, archived: true });
  expect((await folder(creator, "archived"))[0]).toMatchObject({ id: conversationId, pinned: true });
  expect((await folder(one))[0]).toMatchObject({ pinned: false, archived: false });
});
