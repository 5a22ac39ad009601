import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, call, inParallel, must, openSocket, type Somebody } from "./api-kit.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { until } from "./people.ts";

/**
 * C8: typing, read markers and presence, over every combination of the two settings and of what the two are to each other.
 * The rule is written down here once more, in its own words: told only where both show it, in a conversation that both accepted,
 * and where neither blocked the other.
 */

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

const relations = [
  "accepted",
  "request to the reader",
  "request of the reader",
  "declined",
  "blocked by one",
  "blocked by the other",
  "unblocked again",
  "closed setting",
  "group",
  "group, one not accepted",
  "group, other not accepted",
  "group, left",
  "group, blocked by one",
  "group, blocked by the other",
] as const;
type Relation = (typeof relations)[number];
const channels = ["typing", "readReceipts", "presence"] as const;
type Channel = (typeof channels)[number];

interface Case {
  relation: Relation;
  shows: boolean;
  otherShows: boolean;
}

/** What the one may know of the other, by the rule. */
function expected(channel: Channel, { relation, shows, otherShows }: Case): boolean {
  if (!shows || !otherShows) return false;
  if (relation === "closed setting") return channel !== "typing";
  return relation === "accepted" || relation === "unblocked again" || relation === "group";
}

test("C8 T9 typing, read markers and presence are told to whoever shows theirs, and to nobody else", async () => {
  const cases = relations.flatMap((relation) =>
    [false, true].flatMap((shows) => [false, true].map((otherShows): Case => ({ relation, shows, otherShows }))),
  );
  const told: { channel: Channel; of: Case; got: boolean }[] = [];
  await inParallel(cases, 8, async (one) => {
    for (const [channel, got] of Object.entries(await play(one)) as [Channel, boolean][])
      told.push({ channel, of: one, got });
  });
  const wrong = told.filter(({ channel, of, got }) => got !== expected(channel, of));
  for (const channel of channels) {
    const of = told.filter((one) => one.channel === channel);
    const bad = wrong.filter((one) => one.channel === channel).length;
    console.log(
      `T9 ${channel}: of ${of.length} cases, ${of.filter((one) => one.got).length} told, ${bad} told wrongly`,
    );
  }
  expect(wrong.map(({ channel, of, got }) => `${channel} ${JSON.stringify(of)}: ${got}`)).toEqual([]);
  expect(told.length).toBe(cases.length * channels.length);
}, 120_000);

/** Everything that the first learns of the second, as events and when they ask. */
async function play(one: Case): Promise<Record<Channel, boolean>> {
  const [reader, writer] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  for (const [who, shows] of [
    [reader, one.shows],
    [writer, one.otherShows],
  ] as const)
    await must(server.url, who, "settings.update", { typing: shows, readReceipts: shows, presence: shows });
  const conversationId = await makeRelation(one.relation, reader, writer);
  using socket = await openSocket(server.url, reader);
  using writing = await openSocket(server.url, writer);
  await writing.call("conversations.typing", { conversationId, typing: true });
  await writing.call("conversations.markRead", { conversationId, seq: 1 });
  // A hint of the reader's own comes after everything that was published before it.
  await must(server.url, reader, "settings.update", { enterSends: true });
  await until("the hints came", () => socket.events.some((event) => event.event === "settings"));
  const view = await call(server.url, reader, "conversations.get", { conversationId });
  const receipts = view.problem ? [] : view.ok.conversation.receipts;
  const { items } = await must(server.url, reader, "people.presence", { personIds: [writer.id] });
  const read = socket.events.some((event) => event.event === "read");
  if (read !== receipts.length > 0) throw new Error(`${JSON.stringify(one)}: the event and the view differ`);
  return {
    typing: socket.events.some((event) => event.event === "typing"),
    readReceipts: read,
    presence: items.some((item) => item.online),
  };
}

async function makeRelation(relation: Relation, reader: Somebody, writer: Somebody): Promise<string> {
  if (relation.startsWith("group")) return await makeGroupRelation(relation, reader, writer);
  const asker = relation === "request to the reader" ? writer : reader;
  const asked = asker === reader ? writer : reader;
  const { conversation } = await must(server.url, asker, "messages.sendToPerson", {
    personId: asked.id,
    clientId: "first",
    text: "hello",
  });
  const conversationId = conversation.id;
  if (relation === "declined") await must(server.url, asked, "requests.decline", { conversationId });
  if (relation === "declined" || relation.startsWith("request")) return conversationId;
  await must(server.url, asked, "requests.accept", { conversationId });
  if (relation === "blocked by one" || relation === "unblocked again")
    await must(server.url, reader, "blocks.block", { personId: writer.id });
  if (relation === "unblocked again") await must(server.url, reader, "blocks.unblock", { personId: writer.id });
  if (relation === "blocked by the other") await must(server.url, writer, "blocks.block", { personId: reader.id });
  if (relation === "closed setting") await must(server.url, reader, "settings.update", { whoMayMessage: "no_one" });
  return conversationId;
}

async function makeGroupRelation(relation: Relation, reader: Somebody, writer: Somebody): Promise<string> {
  const creator = relation === "group, one not accepted" ? writer : reader;
  const other = creator === reader ? writer : reader;
  const accepted = !relation.endsWith("not accepted");
  const group = await makeApiGroup(server, [creator, other], { accepted });
  const conversationId = group.id;
  await must(server.url, creator, "messages.send", { conversationId, clientId: "first", text: "hello" });
  if (relation === "group, left") await must(server.url, writer, "conversations.leave", { conversationId });
  if (relation === "group, blocked by one") await must(server.url, reader, "blocks.block", { personId: writer.id });
  if (relation === "group, blocked by the other")
    await must(server.url, writer, "blocks.block", { personId: reader.id });
  return conversationId;
}

test("C8 switching it off hides it at once, and when somebody was here is kept to the minute", async () => {
  const [one, other] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  await befriendAll(server.database.sql, [[one, other]]);
  for (const who of [one, other])
    await must(server.url, who, "settings.update", { readReceipts: true, presence: true });
  const { conversation } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "c",
    text: "hello",
  });
  const conversationId = conversation.id;
  await must(server.url, other, "conversations.markRead", { conversationId, seq: 1 });
  const receiptsOf = async (who: Somebody) =>
    (await must(server.url, who, "conversations.get", { conversationId })).conversation.receipts;
  expect(await receiptsOf(one)).toEqual([{ personId: other.id, readSeq: 1 }]);
  const presence = async () => (await must(server.url, one, "people.presence", { personIds: [other.id] })).items[0];
  {
    using socket = await openSocket(server.url, other);
    expect(socket.isOpen()).toBe(true);
    expect(await presence()).toEqual({ personId: other.id, online: true, lastSeenAt: null });
  }
  await until("they are gone", async () => (await presence())?.online === false);
  await until("it was written", async () => (await presence())?.lastSeenAt !== null);
  expect((await presence())?.lastSeenAt).toEndWith(":00.000Z");
  using watching = await openSocket(server.url, one);
  await must(server.url, other, "settings.update", { readReceipts: false, presence: false });
  await until("whoever looks is told to get it again", () =>
    watching.events.some((event) => event.event === "inbox" && event.changes.some((change) => change.stale)),
  );
  expect(await receiptsOf(one)).toEqual([]);
  expect(await presence()).toBeUndefined();
  const kept = await server.database.sql`select 1 from last_seen where person_id = ${other.id}`;
  expect(kept).toHaveLength(0);
}, 30_000);

test("T31 one's own marker only, forward only: nobody is told of another", async () => {
  const [one, other] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  await befriendAll(server.database.sql, [[one, other]]);
  for (const who of [one, other]) await must(server.url, who, "settings.update", { readReceipts: true });
  const { conversation } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "c",
    text: "hello",
  });
  const conversationId = conversation.id;
  using socket = await openSocket(server.url, one);
  const forged = [
    { conversationId, seq: 1, personId: one.id },
    { conversationId, seq: -1 },
    { conversationId, seq: 0.5 },
    { conversationId, seq: "1" },
    { conversationId, seq: 1, readSeq: 1 },
    { conversationId: Bun.randomUUIDv7(), seq: 1 },
  ];
  let accepted = 0;
  using forger = await openSocket(server.url, other);
  for (const input of forged) if (!(await forger.call("conversations.markRead", input)).error) accepted += 1;
  await must(server.url, other, "conversations.markRead", { conversationId, seq: 9_000 });
  await must(server.url, other, "conversations.markRead", { conversationId, seq: 0 });
  await until("the reader is told", () => socket.events.some((event) => event.event === "read"));
  await Bun.sleep(100);
  const reads = socket.events.flatMap((event) => (event.event === "read" ? [event.readSeq] : []));
  console.log(`T31: ${forged.length} forged markers, ${accepted} accepted; told once, at ${reads.join()}`);
  expect({ accepted, reads }).toEqual({ accepted: 0, reads: [1] });
});
