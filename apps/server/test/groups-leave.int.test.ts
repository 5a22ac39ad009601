import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Event } from "@sotto/protocol/events.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import {
  addReadyPhotos,
  befriendAll,
  call,
  inParallel,
  must,
  openSocket,
  seeded,
  type FrameAnswer,
  type Somebody,
  type TestSocket,
} from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { until } from "./people.ts";
import { uploadPhoto } from "./upload-photo.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()), 60_000);
afterAll(async () => await server.stop(), 60_000);

const isAbout = (conversationId: string) => (event: Event) => JSON.stringify(event).includes(conversationId);

test("R8 T3 after leaving in mid-stream nothing of the group reaches any device of the leaver", async () => {
  const rounds = 40;
  const later = { events: 0, answers: 0, syncItems: 0 };
  let [sent, heardBefore] = [0, 0];
  await inParallel(Array.from({ length: rounds }), 4, async () => {
    const people = await somePeople(server, 5);
    const [leaver, ...senders] = people;
    const { id: conversationId } = await makeApiGroup(server, people);
    const own = await must(server.url, leaver, "messages.send", { conversationId, clientId: "own", text: "mine" });
    const { cursor } = await must(server.url, leaver, "sync.pull", {});
    const [first, second] = [await openSocket(server.url, leaver), await openSocket(server.url, leaver)];
    const stream = await startStream(senders, conversationId);
    await until("the stream runs", () => first.events.filter(isAbout(conversationId)).length > 20);
    const left = await first.call("conversations.leave", { conversationId });
    const afterFirst = first.events.length;
    expect(left.ok).toEqual({});
    // What the second device was sent before the answer of the first is in front of this one.
    await second.call("me.get", {});
    const afterSecond = second.events.length;
    await Bun.sleep(300);
    sent += await stream.stop();
    await Bun.sleep(400);
    heardBefore += first.events.slice(0, afterFirst).filter(isAbout(conversationId)).length;
    const [late, lateToo] = [first.events.slice(afterFirst), second.events.slice(afterSecond)];
    later.events += [...late, ...lateToo].filter(isAbout(conversationId)).length;
    // Each of the two devices was told to pull, and finds the removal and nothing else.
    expect(second.events.filter((event) => event.event === "inbox").length).toBeGreaterThan(0);
    const pulled = await must(server.url, leaver, "sync.pull", { cursor });
    const removal = pulled.conversations.find((one) => one.id === conversationId);
    expect(removal).toMatchObject({ state: "hidden", people: [], lastMessage: null, lastSeq: 0, unread: 0 });
    const since = await must(server.url, leaver, "sync.pull", { cursor: pulled.cursor });
    later.syncItems += since.conversations.length;
    later.answers += await answersOf(leaver, { conversationId, messageId: own.id });
    for (const socket of [first, second]) socket.close();
  });
  console.log(
    `T3: ${rounds} members left while ${sent} messages were sent: ${heardBefore} events before, ${later.events} after; ${later.answers} of ${rounds * 8} commands answered, ${later.syncItems} items of sync after the removal`,
  );
  expect(later).toEqual({ events: 0, answers: 0, syncItems: 0 });
}, 120_000);

test("R8 T3 photos of a group give a former member no byte", async () => {
  const people = await somePeople(server, 3);
  const [sender, leaver] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  const mediaId = await uploadPhoto(server.url, sender, await drawPhoto({ seed: 3, width: 64, height: 48 }));
  const { media } = await must(server.url, sender, "messages.send", {
    conversationId,
    clientId: "p",
    mediaIds: [mediaId],
  });
  const urls = Object.values(media[0]?.renditions ?? {}).map((rendition) => rendition.url);
  const read = async (who: Somebody) =>
    await Promise.all(
      urls.flatMap((url) =>
        [{}, { range: "bytes=0-9" }, { "if-none-match": "*" }].map(async (headers) => {
          const answer = await fetch(server.url + url, {
            headers: { ...headers, authorization: `Bearer ${who.token}` },
          });
          const bytes = (await answer.arrayBuffer()).byteLength;
          return answer.status < 400 ? bytes + 1 : 0;
        }),
      ),
    );
  expect((await read(leaver)).every((given) => given > 0)).toBe(true);
  await must(server.url, leaver, "conversations.leave", { conversationId });
  const given = (await read(leaver)).filter((bytes) => bytes > 0).length;
  console.log(`T3: ${urls.length * 3} requests for a photo by a former member, ${given} answered`);
  expect(given).toBe(0);
  expect((await read(sender)).every((bytes) => bytes > 0)).toBe(true);
});

test("T8 leaving against one's own sends under way: nothing is stored after the acknowledged leave", async () => {
  const races = 600;
  const photos = 40;
  let [leaks, stored, refused, faults] = [0, 0, 0, 0];
  await inParallel(Array.from({ length: photos }), photos, async (_, lane) => {
    const random = seeded(lane + 1);
    const people = await somePeople(server, 3);
    const [creator, leaver] = people;
    await befriendAll(server.database.sql, [[creator, leaver]]);
    using socket = await openSocket(server.url, leaver);
    for (let race = lane; race < races; race += photos) {
      const { id: conversationId } = await makeApiGroup(server, people, { accepted: race % 3 !== 0 });
      const [photoId = ""] = await addReadyPhotos(server.database.sql, [leaver.id]);
      const sends = sendSome(socket, { conversationId, photoId, prefix: `r${race}`, random });
      for (let wait = Math.floor(random() * 3); wait > 0; wait--) await Bun.sleep(0);
      const left = await call(server.url, leaver, "conversations.leave", { conversationId });
      const atLeave = await countStored(conversationId);
      const answers = await Promise.all(sends);
      leaks += (await countStored(conversationId)) - atLeave;
      stored += answers.filter(({ ok }) => ok !== undefined).length;
      refused += answers.filter(({ error }) => error?.code === "not_found").length;
      faults += answers.filter(({ error }) => error && error.code !== "not_found").length + Number(left.status !== 200);
    }
  });
  console.log(
    `T8: ${races} races of leaving with 4 sends: ${stored} stored before it, ${refused} refused, ${faults} faults, ${leaks} leaks`,
  );
  expect({ leaks, faults }).toEqual({ leaks: 0, faults: 0 });
  expect(stored).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
}, 120_000);

test("T8 an invitation against a block: nobody is in a group of whom they blocked before it was made", async () => {
  const races = 200;
  let [made, late] = [0, 0];
  await inParallel(Array.from({ length: races }), 10, async (_, race) => {
    const [creator, invited, other] = await somePeople(server, 3);
    await befriendAll(server.database.sql, [
      [creator, invited],
      [creator, other],
    ]);
    const creating = call(server.url, creator, "conversations.createGroup", {
      clientId: "g",
      personIds: [other.id, invited.id],
    });
    for (let wait = race % 4; wait > 0; wait--) await Bun.sleep(0);
    await must(server.url, invited, "blocks.block", { personId: creator.id });
    const rows = async () =>
      (
        await server.database.sql`select 1 from members m join conversations c on c.id = m.conversation_id
        where m.person_id = ${invited.id} and c.kind = 'group'`
      ).length;
    const atBlock = await rows();
    const answer = await creating;
    made += answer.status === 201 ? 1 : 0;
    late += (await rows()) - atBlock;
  });
  console.log(`T8: ${races} groups made against blocks: ${made} made before, ${late} after the acknowledged block`);
  expect(late).toBe(0);
}, 60_000);

test("leaving is for groups, once, and for its last member too", async () => {
  const people = await somePeople(server, 3);
  const [creator, one, other] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  const leave = async (who: Somebody, id = conversationId) =>
    await call(server.url, who, "conversations.leave", { conversationId: id });
  const both = await Promise.all([leave(one), leave(one)]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 404]);
  expect((await leave(other)).status).toBe(200);
  expect((await leave(creator)).status).toBe(200);
  expect((await leave(creator)).problem?.code).toBe("not_found");
  const again = { clientId: "again", personIds: [one.id] };
  const fresh = await must(server.url, creator, "conversations.createGroup", again);
  expect(fresh.memberCount).toBe(2);
  const { message } = await must(server.url, creator, "messages.sendToPerson", {
    personId: one.id,
    clientId: "d",
    text: "direct",
  });
  const direct = await leave(creator, message.conversationId);
  expect(direct.problem).toMatchObject({ code: "invalid", pointer: "/conversationId" });
  const [stranger] = await somePeople(server, 1);
  expect((await leave(stranger, message.conversationId)).problem?.code).toBe("not_found");
});

/** Everybody writes as fast as answers come, until told to stop; answers how many were sent. */
async function startStream(senders: readonly Somebody[], conversationId: string) {
  let [running, sent] = [true, 0];
  const loops = senders.map(async (sender) => {
    using socket = await openSocket(server.url, sender);
    for (let n = 0; running; n++) {
      const batch = Array.from(
        { length: 4 },
        async (_, place) =>
          await socket.call("messages.send", { conversationId, clientId: `s${n}-${place}`, text: "stream" }),
      );
      const answers = await Promise.all(batch);
      sent += answers.filter(({ ok }) => ok !== undefined).length;
    }
  });
  return {
    async stop() {
      running = false;
      await Promise.all(loops);
      return sent;
    },
  };
}

/** Whatever asks for the group by its ids; the number of those that were answered. */
async function answersOf(who: Somebody, { conversationId, messageId }: { conversationId: string; messageId: string }) {
  const { url } = server;
  const answers = await Promise.all([
    call(url, who, "conversations.get", { conversationId }),
    call(url, who, "conversations.update", { conversationId, pinned: true }),
    call(url, who, "conversations.markRead", { conversationId, seq: 1 }),
    call(url, who, "messages.list", { conversationId }),
    call(url, who, "messages.changes", { conversationId, after: 0 }),
    call(url, who, "messages.unsend", { conversationId, messageId }),
    call(url, who, "messages.send", { conversationId, clientId: "late", text: "late" }),
    call(url, who, "requests.accept", { conversationId }),
  ]);
  const lists = await Promise.all(
    (["inbox", "requests", "archived"] as const).map(
      async (folder) => await must(url, who, "conversations.list", { folder }),
    ),
  );
  const listed = lists.flatMap(({ items }) => items).filter(({ id }) => id === conversationId).length;
  return answers.filter(({ problem }) => problem?.code !== "not_found").length + listed;
}

function sendSome(
  socket: TestSocket,
  {
    conversationId,
    photoId,
    prefix,
    random,
  }: { conversationId: string; photoId: string; prefix: string; random: () => number },
): Promise<FrameAnswer>[] {
  return Array.from({ length: 4 }, async (_, n) => {
    const content = n === 3 && random() < 0.5 ? { mediaIds: [photoId] } : { text: "x" };
    return await socket.call("messages.send", { conversationId, clientId: `${prefix}-${n}`, ...content });
  });
}

async function countStored(conversationId: string): Promise<number> {
  const [row] = await server.database
    .sql`select count(*)::int as n from messages where conversation_id = ${conversationId}`;
  return row.n;
}

test("R8 T3 R13 who left and sends the same again gets what they said, and nothing of what became of it; nobody hears of it", async () => {
  const people = await somePeople(server, 3);
  const [maker, leaver, member] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  const send = async () =>
    await must(server.url, leaver, "messages.send", { conversationId, clientId: "once", text: "mine" });
  const said = await send();
  await must(server.url, leaver, "conversations.leave", { conversationId });
  await must(server.url, maker, "messages.react", { conversationId, messageId: said.id, emoji: "👍" });
  await must(server.url, member, "messages.pin", { conversationId, messageId: said.id });
  await Bun.sleep(400);
  using socket = await openSocket(server.url, maker);
  expect(await send()).toEqual({ ...said, change: said.seq });
  await Bun.sleep(300);
  expect(socket.events.filter(isAbout(conversationId))).toEqual([]);
});
