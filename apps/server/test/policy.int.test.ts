import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import {
  addPeople,
  addReadyPhotos,
  addTwo,
  befriendAll,
  call,
  inParallel,
  must,
  openSocket,
  withoutRequestId,
  type Answer,
  type Somebody,
} from "./api-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()), 60_000);
afterAll(async () => await server.stop(), 60_000);

const weekMs = 7 * 24 * 3_600_000;
const sendTo = async (
  from: Somebody,
  to: Pick<Somebody, "id">,
  clientId: string,
  more: { text?: string; mediaIds?: string[] } = {},
) => await call(server.url, from, "messages.sendToPerson", { personId: to.id, clientId, text: "hello", ...more });
const setting = async (who: Somebody, whoMayMessage: "everyone" | "friends" | "no_one") =>
  await must(server.url, who, "settings.update", { whoMayMessage });

test("R3 two who write to each other at once have one normal conversation", async () => {
  const pairs = 50;
  const people = await addPeople(server.database, pairs * 2);
  const outcomes = await inParallel(Array.from({ length: pairs }), pairs, async (_, index) => {
    const [one, other] = [people[index * 2], people[index * 2 + 1]];
    if (!one || !other) throw new Error("too few people");
    const answers = await Promise.all([sendTo(one, other, "a"), sendTo(other, one, "b")]);
    const views = await Promise.all(
      [one, other].map(async (who) => (await must(server.url, who, "conversations.list", {})).items),
    );
    const ids = new Set(views.flat().map((view) => view.id));
    const fine =
      answers.every(({ status }) => status === 201) &&
      views.every((view) => view.length === 1 && view[0]?.state === "accepted" && view[0].lastSeq === 2);
    return fine && ids.size === 1;
  });
  const wrong = outcomes.filter((fine) => !fine).length;
  console.log(`R3: ${pairs} pairs wrote to each other at once, ${wrong} without one normal conversation`);
  expect(wrong).toBe(0);
});

test("R3 a request is apart, holds one text, and answering accepts it with a photo even", async () => {
  const [asker, asked] = await addTwo(server.database);
  const [photo] = await addReadyPhotos(server.database.sql, [asker.id]);
  const [reply] = await addReadyPhotos(server.database.sql, [asked.id]);
  if (photo === undefined || reply === undefined) throw new Error("no photo");
  const withPhoto = await sendTo(asker, asked, "p", { mediaIds: [photo] });
  expect(withPhoto.problem?.code).toBe("request_text_only");
  expect((await sendTo(asker, asked, "t")).status).toBe(201);
  for (const more of [{ text: "again" }, { mediaIds: [photo] }])
    expect((await sendTo(asker, asked, `more${Object.keys(more)}`, more)).problem?.code).toBe("request_waiting");
  expect((await must(server.url, asked, "conversations.list", {})).items).toEqual([]);
  const [request] = (await must(server.url, asked, "conversations.list", { folder: "requests" })).items;
  expect(request).toMatchObject({ state: "request_received", lastSeq: 1, lastMessage: { text: "hello", media: [] } });
  const answer = await sendTo(asked, asker, "reply", { text: "", mediaIds: [reply] });
  expect(answer.status).toBe(201);
  for (const who of [asker, asked])
    expect((await must(server.url, who, "conversations.list", {})).items[0]?.state).toBe("accepted");
  expect((await sendTo(asker, asked, "p2", { mediaIds: [photo] })).status).toBe(201);
});

test("R3 only the receiver accepts or declines, and once", async () => {
  const [asker, asked, stranger] = await addPeople(server.database, 3);
  if (!asker || !asked || !stranger) throw new Error("too few people");
  const { message } = await must(server.url, asker, "messages.sendToPerson", {
    personId: asked.id,
    clientId: "t",
    text: "hello",
  });
  const { conversationId } = message;
  for (const who of [asker, stranger])
    for (const name of ["requests.accept", "requests.decline"] as const)
      expect((await call(server.url, who, name, { conversationId })).problem?.code).toBe("not_found");
  expect((await call(server.url, asked, "requests.decline", { conversationId })).status).toBe(200);
  for (const name of ["requests.accept", "requests.decline"] as const)
    expect((await call(server.url, asked, name, { conversationId })).problem?.code).toBe("not_found");
});

test("R4 pending and declined are the same to the sender, byte for byte, in every answer", async () => {
  const attempts = 25;
  let different = 0;
  for (let n = 0; n < attempts; n++) {
    const [asker, asked] = await addTwo(server.database);
    const { message } = await must(server.url, asker, "messages.sendToPerson", {
      personId: asked.id,
      clientId: "t",
      text: "hello",
    });
    const { conversationId } = message;
    await inboxWritten(conversationId);
    const pending = await everythingTheySee(asker, asked, conversationId);
    await must(server.url, asked, "requests.decline", { conversationId });
    if (n === 0) await Bun.sleep(400);
    const declined = await everythingTheySee(asker, asked, conversationId);
    if (JSON.stringify(declined) !== JSON.stringify(pending)) different += 1;
    if (n === 0) expect(declined).toEqual(pending);
  }
  console.log(`R4: ${attempts} requests declined, ${different} told their sender anything`);
  expect(different).toBe(0);
});

test("R4 the clock is the request's own: pending and declined refuse until the same moment", async () => {
  const [asker, waits, declines] = await addPeople(server.database, 3);
  if (!asker || !waits || !declines) throw new Error("too few people");
  const sentAt = new Date(Date.now() - weekMs + 60_000);
  for (const to of [waits, declines]) {
    const { message } = await must(server.url, asker, "messages.sendToPerson", {
      personId: to.id,
      clientId: `t${to.id}`,
      text: "hello",
    });
    await server.database.sql`update conversations set requested_at = ${sentAt} where id = ${message.conversationId}`;
    if (to === declines) await must(server.url, to, "requests.decline", { conversationId: message.conversationId });
  }
  const [pending, declined] = [await sendTo(asker, waits, "again"), await sendTo(asker, declines, "again")];
  expect(withoutRequestId(declined)).toBe(withoutRequestId(pending));
  expect(declined.problem).toMatchObject({
    code: "request_waiting",
    retryAt: new Date(sentAt.getTime() + weekMs).toISOString(),
  });
  expect(declined.headers.get("retry-after")).toBe(pending.headers.get("retry-after"));
});

test("R4 after the cool-down one new message takes the earlier one's place, pending or declined", async () => {
  for (const isDeclined of [false, true]) {
    const [asker, asked] = await addTwo(server.database);
    const { message } = await must(server.url, asker, "messages.sendToPerson", {
      personId: asked.id,
      clientId: "1",
      text: "first",
    });
    const { conversationId } = message;
    if (isDeclined) await must(server.url, asked, "requests.decline", { conversationId });
    await server.database
      .sql`update conversations set requested_at = now() - interval '7 days' where id = ${conversationId}`;
    expect((await sendTo(asker, asked, "2", { text: "second" })).status).toBe(201);
    expect((await sendTo(asker, asked, "3", { text: "third" })).problem?.code).toBe("request_waiting");
    const requests = await must(server.url, asked, "conversations.list", { folder: "requests" });
    expect(requests.items).toHaveLength(1);
    expect(requests.items[0]).toMatchObject({ state: "request_received", unread: 1, lastMessage: { text: "second" } });
    for (const name of ["messages.list", "messages.changes"] as const) {
      const { items } = await must(server.url, asked, name, {
        conversationId,
        ...(name === "messages.changes" && { after: 0 }),
      } as never);
      expect(items.map((one) => one.text)).toEqual(["second"]);
    }
  }
});

test("R5 blocked and closed are one answer, by bytes, on every path", async () => {
  let [attempts, different] = [0, 0];
  for (const standing of ["none", "accepted", "friends", "request"] as const) {
    const [from, to] = await addTwo(server.database);
    if (standing === "friends") await befriendAll(server.database.sql, [[from, to]]);
    if (standing !== "none")
      await must(server.url, from, "messages.sendToPerson", { personId: to.id, clientId: "1", text: "hello" });
    if (standing === "accepted")
      await must(server.url, to, "messages.sendToPerson", { personId: from.id, clientId: "2", text: "yes" });
    // Blocking makes the blocker stop following; that end of the follow is not compared here.
    await server.database.sql`delete from follows where follower_id = ${to.id}`;
    const conversationId =
      (await must(server.url, from, "conversations.withPerson", { personId: to.id })).conversation?.id ?? null;
    await Bun.sleep(400);
    await setting(to, "no_one");
    const closed = await everythingTheySee(from, to, conversationId);
    await setting(to, "everyone");
    await must(server.url, to, "blocks.block", { personId: from.id });
    await Bun.sleep(400);
    const blocked = await everythingTheySee(from, to, conversationId);
    expect(blocked).toEqual(closed);
    attempts += Object.keys(closed).length;
    different += Object.keys(closed).filter((key) => closed[key] !== blocked[key]).length;
  }
  console.log(`R5: ${attempts} answers compared, blocked against closed, ${different} differ`);
});

test("R5 blocked and closed take the same time", async () => {
  const [from, blocker, closer] = await addPeople(server.database, 3);
  if (!from || !blocker || !closer) throw new Error("too few people");
  await befriendAll(server.database.sql, [
    [from, blocker],
    [from, closer],
  ]);
  for (const to of [blocker, closer])
    await must(server.url, from, "messages.sendToPerson", { personId: to.id, clientId: `x${to.id}`, text: "hello" });
  await must(server.url, blocker, "blocks.block", { personId: from.id });
  await setting(closer, "no_one");
  const times = { blocked: [] as number[], closed: [] as number[] };
  const timed = async (to: Somebody, into: number[], clientId: string) => {
    const startedMs = performance.now();
    await sendTo(from, to, clientId);
    into.push(performance.now() - startedMs);
  };
  for (let n = 0; n < 400; n++) {
    // In turns, and the first of a turn in turns too.
    const turns = [() => timed(blocker, times.blocked, `b${n}`), () => timed(closer, times.closed, `c${n}`)];
    for (const turn of n % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  const at = (list: number[], share: number) =>
    (list.toSorted((a, b) => a - b)[Math.floor(list.length * share)] ?? 0).toFixed(2);
  const line = (list: number[]) => [0.05, 0.25, 0.5, 0.75, 0.95].map((share) => at(list, share)).join(" ");
  const slower =
    times.blocked.reduce((sum, one) => sum + times.closed.filter((other) => one > other).length, 0) / (400 * 400);
  console.log(
    `R5: 400 sends each, ms at 5 25 50 75 95 %: blocked ${line(times.blocked)}; closed ${line(times.closed)}; blocked is the slower one in ${(slower * 100).toFixed(1)} % of the pairs (50 is no difference)`,
  );
  expect(times.blocked).toHaveLength(400);
});

test("R5 nothing of a blocked person arrives, not even after unblocking", async () => {
  const [from, to] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[from, to]]);
  const { message } = await must(server.url, from, "messages.sendToPerson", {
    personId: to.id,
    clientId: "1",
    text: "before",
  });
  const { conversationId } = message;
  await Bun.sleep(400);
  using socket = await openSocket(server.url, to);
  const { cursor } = await must(server.url, to, "sync.pull", {});
  await must(server.url, to, "blocks.block", { personId: from.id });
  const answers = await inParallel(
    Array.from({ length: 100 }),
    10,
    async (_, n) => await sendTo(from, to, `b${n}`, { text: "canary" }),
  );
  expect(new Set(answers.map((answer) => answer.problem?.code))).toEqual(new Set(["not_accepting"]));
  await must(server.url, to, "blocks.unblock", { personId: from.id });
  await Bun.sleep(400);
  const heard = JSON.stringify([
    socket.events,
    await must(server.url, to, "messages.list", { conversationId }),
    await must(server.url, to, "messages.changes", { conversationId, after: 0 }),
    await must(server.url, to, "sync.pull", { cursor }),
  ]);
  const leaks = heard.split("canary").length - 1;
  console.log(`R5: 100 sends while blocked, ${leaks} heard of before or after unblocking`);
  expect(leaks).toBe(0);
});

test("R27 nobody there and not accepting look the same to a first message", async () => {
  const [from, to] = await addTwo(server.database);
  await setting(to, "no_one");
  const [closed, missing, self] = [
    await sendTo(from, to, "1"),
    await sendTo(from, { id: Bun.randomUUIDv7() }, "1"),
    await sendTo(from, from, "1"),
  ];
  expect(withoutRequestId(missing)).toBe(withoutRequestId(closed));
  expect(withoutRequestId(self)).toBe(withoutRequestId(closed));
});

/** The inbox follows the log within 250 ms; what is compared must not change for that reason. */
async function inboxWritten(conversationId: string): Promise<void> {
  await until("the inbox is written", async () => {
    const behind = await server.database.sql`
      select 1 from inbox i join conversations c on c.id = i.conversation_id
      where c.id = ${conversationId} and i.change < c.last_change`;
    return behind.length === 0;
  });
}

/** Whatever the sender can ask about the other and their conversation, as text. */
async function everythingTheySee(
  who: Somebody,
  other: Somebody,
  conversationId: string | null,
): Promise<Record<string, string>> {
  const own = async (answer: Promise<Answer>) => withoutRequestId(await answer);
  const { url } = server;
  const inConversation =
    conversationId === null
      ? {}
      : {
          send: await own(call(url, who, "messages.send", { conversationId, clientId: "again", text: "again" })),
          get: await own(call(url, who, "conversations.get", { conversationId })),
          history: await own(call(url, who, "messages.list", { conversationId })),
          changes: await own(call(url, who, "messages.changes", { conversationId, after: 0 })),
        };
  return {
    ...inConversation,
    sendToPerson: await own(
      call(url, who, "messages.sendToPerson", { personId: other.id, clientId: "again", text: "again" }),
    ),
    withPerson: await own(call(url, who, "conversations.withPerson", { personId: other.id })),
    list: await own(call(url, who, "conversations.list", {})),
    sync: await own(call(url, who, "sync.pull", {})),
    profile: await own(call(url, who, "people.get", { personId: other.id })),
    following: await own(call(url, who, "people.following", { personId: other.id })),
    search: await own(call(url, who, "people.search", { query: other.username })),
  };
}
