import { afterAll, beforeAll, expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { addPeople, inParallel, must, openSocket, type Somebody } from "./api-kit.ts";
import { inWords, residentMb } from "./bystanders.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { until } from "./people.ts";
import { besieged, type Besieged } from "./process-kit.ts";
import { frame, openRaw } from "./raw-socket.ts";

let siege: Besieged;
beforeAll(async () => {
  siege = await besieged("slow");
}, 60_000);
afterAll(async () => await siege[Symbol.asyncDispose](), 60_000);

const slow = 20;
const messages = 200;
const textBytes = 60_000;

test("T29 20 who never read while a room talks: closed as too slow, memory bounded, and back with everything by their cursor", async () => {
  const { url, pid, calm } = siege;
  const [talker, ...readers] = (await addPeople(siege.database, slow + 1)) as [Somebody, ...Somebody[]];
  const { id: conversationId } = await makeApiGroup(siege, [talker, ...readers]);
  const cursors = await Promise.all(readers.map(async (one) => (await must(url, one, "sync.pull", {})).cursor));
  const raws = await Promise.all(readers.map(async (one) => await openRaw(url, one)));
  for (const raw of raws) raw.tcp.pause();
  const before = { mb: residentMb(pid), times: await siege.quiet() };
  let mostMb = before.mb;
  using socket = await openSocket(url, talker);
  for (let n = 0; n < messages; n++) {
    const { error } = await socket.call("messages.send", { conversationId, clientId: `m${n}`, text: textOf(n) });
    if (error) throw new Error(error.detail);
    if (n % 20 === 0) mostMb = Math.max(mostMb, residentMb(pid));
  }
  const during = calm.take();
  // They look up again: what was sent before the end is still there, and then the end, with its reason.
  for (const raw of raws) raw.tcp.resume();
  const codes = await Promise.all(
    raws.map(async (raw) => await Promise.race([raw.closed, Bun.sleep(20_000).then(() => -1)])),
  );
  const tooSlow = codes.filter((code) => code === closeCodes.tooSlow).length;
  const gone = codes.filter((code) => code >= 0).length;
  const back = await Promise.all(readers.map(async (one, n) => await catchUp(one, cursors[n] ?? "", conversationId)));
  const missing = back.reduce((sum, seqs) => sum + (messages - seqs.size), 0);
  await Bun.sleep(1_000);
  const afterMb = residentMb(pid);
  console.log(
    `T29: ${slow} slow readers, ${messages} messages of ${textBytes / 1000} kB to each: ${tooSlow} closed as too slow, ${gone - tooSlow} cut, ${slow - gone} still open; back by their cursor with ${missing} of ${slow * messages} messages missing; memory ${before.mb.toFixed(0)} MB before, ${mostMb.toFixed(0)} at most, ${afterMb.toFixed(0)} after; others ${inWords(before.times)} before, ${inWords(during)} during`,
  );
  expect(gone).toBe(slow);
  expect(missing).toBe(0);
  expect(calm.failed()).toEqual([]);
  // What may wait for each of them, once more for what is being made, and the ordinary work of so many bytes.
  expect(mostMb - before.mb).toBeLessThan((slow * 2 * limits.waitingBytesPerSocket) / 1024 / 1024 + 150);
}, 120_000);

test("T29 who asks and does not read the answers is closed; 64 commands at a time is the most", async () => {
  const { url, pid, world } = siege;
  const before = residentMb(pid);
  const conversationId = world.conversationId;
  for (let n = 0; n < 12; n++)
    await must(url, world.owner, "messages.send", { conversationId, clientId: `big${n}`, text: textOf(n) });
  const raws = await inParallel(Array.from({ length: 10 }), 5, async () => await openRaw(url, world.owner));
  for (const raw of raws) raw.tcp.pause();
  const ask = (id: number) => JSON.stringify({ id, command: "messages.list", input: { conversationId } });
  let mostMb = before;
  const closedBefore = await closedAsSlow(url);
  for (let round = 0; round < 40; round++) {
    for (const raw of raws) for (let n = 0; n < 10; n++) raw.write(frame(ask(round * 10 + n)));
    await Bun.sleep(20);
    mostMb = Math.max(mostMb, residentMb(pid));
  }
  // However long the answers take to make: who reads again before is no slow reader.
  await until("all are closed", async () => (await closedAsSlow(url)) - closedBefore === raws.length, 40_000);
  mostMb = Math.max(mostMb, residentMb(pid));
  for (const raw of raws) raw.tcp.resume();
  const codes = await Promise.all(
    raws.map(async (raw) => await Promise.race([raw.closed, Bun.sleep(20_000).then(() => -1)])),
  );
  for (const raw of raws) raw[Symbol.dispose]();
  console.log(
    `T29: 10 sockets that asked for 400 pages of 500 kB each and read none: ${codes.filter((code) => code === closeCodes.tooSlow).length} closed as too slow, ${codes.filter((code) => code === 0).length} cut; memory ${before.toFixed(0)} MB before, ${mostMb.toFixed(0)} at most`,
  );
  expect(codes.filter((code) => code === -1)).toEqual([]);
  await until(
    "the server is itself again",
    async () => (await must(url, world.owner, "me.get", {})).id === world.owner.id,
  );
}, 120_000);

/** R15: what the cursor leads to, page by page. */
async function catchUp(who: Somebody, cursor: string, conversationId: string): Promise<Set<number>> {
  const { url } = siege;
  const pulled = await must(url, who, "sync.pull", { cursor });
  expect(pulled.reload).toBe(false);
  expect(pulled.conversations.map((one) => one.id)).toEqual([conversationId]);
  const seqs = new Set<number>();
  for (let after = 0; ;) {
    const page = await must(url, who, "messages.changes", { conversationId, after });
    for (const item of page.items) if (item.text === textOf(item.seq - 1)) seqs.add(item.seq);
    after = page.change;
    if (!page.hasMore) return seqs;
  }
}

/** 2,400 characters as people count them, 25 bytes each. */
function textOf(n: number): string {
  return `${n}:${"👩‍👩‍👧‍👦".repeat(2_400)}`;
}

async function closedAsSlow(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^sotto_slow_readers_closed_total (\d+)$/m.exec(text)?.[1]);
}
