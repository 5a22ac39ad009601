import { afterAll, beforeAll, expect, test } from "bun:test";
import { createSotto } from "@sotto/sdk/client.ts";
import { silentLog } from "../log.ts";
import { startTestServer, type TestServer } from "../test-server.ts";
import { seedDemo } from "./demo.ts";
import { demoConversations } from "./demo-conversations.ts";
import { demoPassword, demoPeople } from "./demo-people.ts";

let server: TestServer;
const seed = () => seedDemo({ url: server.url, database: server.database, log: silentLog() });

beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => {
  await server.stop();
}, 60_000);

test("a community to look at: photos both ways, something unread, a request waiting, something unsent", async () => {
  const startedMs = Date.now();
  expect((await seed()).made).toBe(true);
  console.log(`demo: ${Date.now() - startedMs} ms`);
  const ines = await signIn("ines");
  const [inbox, requests] = await Promise.all([
    ines.call("conversations.list", {}),
    ines.call("conversations.list", { folder: "requests" }),
  ]);
  expect(inbox.items[0]).toMatchObject({ pinned: true, unread: 2, people: [{ username: "tom" }] });
  expect(inbox.items.filter((one) => one.unread > 0).length).toBeGreaterThanOrEqual(3);
  expect(requests.items).toMatchObject([{ people: [{ username: "noor" }], unread: 1 }]);
  const pages = await Promise.all(inbox.items.map(({ id }) => ines.call("messages.list", { conversationId: id })));
  const messages = pages.flatMap((page) => page.items);
  const me = await ines.call("me.get", {});
  expect(messages.filter((one) => one.unsentAt !== null)).toHaveLength(1);
  for (const mine of [true, false]) {
    expect(
      messages.filter((one) => one.media.length > 0 && (one.senderId === me.id) === mine).length,
    ).toBeGreaterThanOrEqual(4);
  }
  const others = await Promise.all(demoPeople.map(({ username }) => ines.call("people.getByUsername", { username })));
  expect(others.every((one) => one.picture !== null && one.bio !== "")).toBe(true);
}, 90_000);

test("the conversations are of the last days, newest first in the inbox, each in the order of its seq", async () => {
  const ines = await signIn("ines");
  const { items } = await ines.call("conversations.list", {});
  const last = items.map(({ lastMessage }) => Date.parse(lastMessage?.createdAt ?? ""));
  expect(items.map(({ activityAt }) => Date.parse(activityAt))).toEqual(last);
  const unpinned = last.slice(1);
  expect(unpinned).toEqual(unpinned.toSorted((a, b) => b - a));
  expect(new Set(last.map((at) => new Date(at).toDateString())).size).toBeGreaterThanOrEqual(3);
  for (const { id } of items) {
    const times = (await ines.call("messages.list", { conversationId: id })).items.map((one) => one.createdAt);
    expect(times).toEqual(times.toSorted());
  }
}, 90_000);

test("R16 nobody's own last word stands as unread: who answers has read what was there", async () => {
  for (const { username } of demoPeople) {
    const sotto = await signIn(username);
    const { id } = await sotto.call("me.get", {});
    const { items } = await sotto.call("conversations.list", {});
    const answered = items.filter((one) => one.lastMessage?.senderId === id && one.unread > 0);
    expect(answered.map((one) => `${username}: ${String(one.people[0]?.username)}`)).toEqual([]);
  }
}, 90_000);

test("R13: a second time changes nothing, and a run that was cut off is finished without a second copy", async () => {
  const before = await counts();
  expect((await seed()).made).toBe(false);
  expect(await counts()).toEqual(before);
  await server.database.sql`update meta set value = 'started' where key = 'demo'`;
  expect((await seed()).made).toBe(true);
  const { people, messages, sessions } = await counts();
  expect({ people, messages, sessions }).toEqual({
    people: before.people,
    messages: before.messages,
    sessions: before.sessions,
  });
}, 90_000);

test("a server that has people of its own is left alone", async () => {
  await using other = await startTestServer();
  const door = createSotto({ url: other.url, credential: { kind: "none" } });
  await door.call("auth.signUp", { username: "somebody", password: "a long enough password" });
  expect((await seedDemo({ url: other.url, database: other.database, log: silentLog() })).made).toBe(false);
}, 90_000);

test("every line is written by one of the two, and a first photo fits the limits", () => {
  const names = new Set(demoPeople.map((one) => one.username));
  for (const { between, lines } of demoConversations) {
    for (const name of between) expect(names).toContain(name);
    for (const line of lines) expect(between).toContain("read" in line ? line.read : line.by);
  }
  expect(demoPeople.length).toBe(12);
});

async function counts() {
  const [row] = await server.database.sql`
    select (select count(*)::int from people) as people, (select count(*)::int from messages) as messages,
      (select count(*)::int from sessions) as sessions, (select count(*)::int from message_media) as media`;
  return row as { people: number; messages: number; sessions: number; media: number };
}

async function signIn(username: string) {
  const door = createSotto({ url: server.url, credential: { kind: "none" } });
  const { token = "" } = await door.call("auth.signIn", { username, password: demoPassword });
  return createSotto({ url: server.url, credential: { kind: "bearer", token } });
}
