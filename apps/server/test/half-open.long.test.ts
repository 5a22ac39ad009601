import { afterAll, beforeAll, expect, test } from "bun:test";
import { addPeople, befriendAll, inParallel, must, rawSocket, ticketOf, openSocket, type Somebody } from "./api-kit.ts";
import { inWords, residentMb } from "./bystanders.ts";
import { cutLine } from "./cut-line.ts";
import { besieged, type Besieged } from "./process-kit.ts";
import { rawLine, upgradeRequest } from "./raw-socket.ts";

let siege: Besieged;
beforeAll(async () => {
  siege = await besieged("half-open");
}, 60_000);
afterAll(async () => await siege[Symbol.asyncDispose](), 60_000);

const withinMs = 200_000;

test("T29 whoever vanished without a word is let go: sockets, handshakes and bodies that stay half open", async () => {
  const { url, database, pid } = siege;
  const beforeMb = residentMb(pid);
  const startedMs = performance.now();
  const [sockets, handshakes, bodies] = await Promise.all([vanishedSockets(), halfHandshakes(), halfBodies()]);
  const times = siege.calm.take();
  const inSeconds = (list: readonly number[]) => {
    const at = list.map((ms) => (ms - startedMs) / 1000);
    return `${list.length} let go after ${Math.min(...at).toFixed(0)} to ${Math.max(...at).toFixed(0)} s`;
  };
  console.log(
    `T29 half open: of 15 sockets whose peer vanished ${inSeconds(sockets.gone)}, of 100 half handshakes ${inSeconds(handshakes)}, of 50 bodies that stopped ${inSeconds(bodies)}; others ${inWords(times)}; memory ${beforeMb.toFixed(0)} MB before, ${residentMb(pid).toFixed(0)} after`,
  );
  expect(sockets.gone).toHaveLength(15);
  expect(handshakes).toHaveLength(100);
  expect(bodies).toHaveLength(50);
  expect(siege.calm.failed()).toEqual([]);
  // Back with everything, and with room for as many sockets as before.
  const back = await inParallel(Array.from({ length: 20 }), 5, async () => await openSocket(url, sockets.who));
  await Bun.sleep(500);
  expect(back.every((socket) => socket.isOpen())).toBe(true);
  for (const socket of back) socket.close();
  const { conversations } = await must(url, sockets.who, "sync.pull", { cursor: sockets.cursor });
  expect(conversations.map((one) => one.lastSeq)).toEqual([sockets.sent]);
  expect(await database.sql`select 1`).toHaveLength(1);
}, 300_000);

/** Behind a line that swallows everything from now on, while others write to them. */
async function vanishedSockets() {
  const { url, database } = siege;
  const [who, friend] = (await addPeople(database, 2)) as [Somebody, Somebody];
  await befriendAll(database.sql, [[who, friend]]);
  const { cursor } = await must(url, who, "sync.pull", {});
  const line = await cutLine(url);
  const opened = await inParallel(Array.from({ length: 15 }), 5, async () => {
    const ticket = encodeURIComponent(await ticketOf(url, who));
    const socket = rawSocket(`${line.url.replace("http", "ws")}/v1/socket?ticket=${ticket}&version=1`);
    await socket.hello;
    return socket;
  });
  line.mute();
  const sent = 20;
  for (let n = 0; n < sent; n++)
    await must(url, friend, "messages.sendToPerson", { personId: who.id, clientId: `m${n}`, text: "anybody there?" });
  const gone = await within(opened.map(async (socket) => (await socket.closed).atMs));
  await line[Symbol.asyncDispose]();
  return { who, cursor, sent, gone };
}

async function halfHandshakes(): Promise<number[]> {
  const text = new TextEncoder().encode(upgradeRequest(siege.url, "none"));
  const lines = await inParallel(Array.from({ length: 100 }), 10, async (_, n) => {
    const line = await rawLine(siege.url);
    line.write(text.subarray(0, n));
    return line;
  });
  return await within(lines.map(async (line) => await line.closed.then(() => performance.now())));
}

async function halfBodies(): Promise<number[]> {
  const { token } = siege.world.owner;
  const lines = await inParallel(Array.from({ length: 50 }), 10, async () => {
    const line = await rawLine(siege.url);
    line.write(
      new TextEncoder().encode(
        `PATCH /v1/me HTTP/1.1\r\nHost: ${new URL(siege.url).host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name"`,
      ),
    );
    return line;
  });
  return await within(lines.map(async (line) => await line.closed.then(() => performance.now())));
}

/** Those that came about in time. */
async function within(moments: readonly Promise<number>[]): Promise<number[]> {
  const late = Bun.sleep(withinMs).then(() => -1);
  return (await Promise.all(moments.map(async (moment) => await Promise.race([moment, late])))).filter((ms) => ms >= 0);
}
