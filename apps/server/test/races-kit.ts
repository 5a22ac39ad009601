import { expect } from "bun:test";
import type { TestServer } from "../src/test-server.ts";
import {
  addPeople,
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

interface Pair {
  from: Somebody;
  to: Somebody;
  fromSocket: TestSocket;
  toSocket: TestSocket;
  photoId: string;
}

/**
 * A block and sends at the same moment. Once the block is acknowledged the conversation may not grow any more: what is there
 * then is all that there will ever be, and only sends that began before may be refused or stored.
 */
export async function raceBlocks(server: TestServer, races: number): Promise<void> {
  const made = await makePairs(server, pairs);
  const count = { leaks: 0, stored: 0, refused: 0, faults: 0 };
  await inParallel(made, pairs, async (pair, index) => {
    const random = seeded(index + 1);
    for (let race = index; race < races; race += pairs) {
      const sends = sendSome(pair, `r${race}`, random);
      for (let wait = Math.floor(random() * 3); wait > 0; wait--) await Bun.sleep(0);
      await pair.toSocket.call("blocks.block", { personId: pair.from.id });
      const atBlock = await countStored(server, pair);
      const answers = await Promise.all(sends);
      const after = await countStored(server, pair);
      count.leaks += after - atBlock;
      count.stored += answers.filter(({ ok }) => ok !== undefined).length;
      count.refused += answers.filter(({ error }) => error?.code === "not_accepting").length;
      count.faults += answers.filter(({ error }) => error && error.code !== "not_accepting").length;
      await pair.toSocket.call("blocks.unblock", { personId: pair.from.id });
      await befriendAll(server.database.sql, [[pair.from, pair.to]]);
    }
  });
  for (const { fromSocket, toSocket } of made) {
    fromSocket.close();
    toSocket.close();
  }
  const { leaks, stored, refused, faults } = count;
  console.log(
    `T8: ${races} races of a block with 4 sends: ${stored} sends stored before it, ${refused} refused, ${faults} faults, ${leaks} leaks`,
  );
  expect({ leaks, faults }).toEqual({ leaks: 0, faults: 0 });
  expect(stored).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
}

const pairs = 40;

/** The same for the message that makes the conversation: there is none yet whose revision could change. */
export async function raceFirstContacts(server: TestServer, races: number): Promise<void> {
  const people = await addPeople(server.database, races * 2);
  let [leaks, stored] = [0, 0];
  await inParallel(Array.from({ length: races }), 20, async (_, race) => {
    const [from, to] = [people[race * 2], people[race * 2 + 1]];
    if (!from || !to) throw new Error("too few people");
    const send = call(server.url, from, "messages.sendToPerson", { personId: to.id, clientId: "x", text: "x" });
    for (let wait = race % 4; wait > 0; wait--) await Bun.sleep(0);
    await must(server.url, to, "blocks.block", { personId: from.id });
    const atBlock = await countStored(server, { from, to });
    const answer = await send;
    leaks += (await countStored(server, { from, to })) - atBlock;
    if (answer.status === 201) stored += 1;
    const folders = await server.database.sql`select folder from inbox where person_id = ${to.id}`;
    if (folders.some((row: { folder: string }) => row.folder !== "hidden")) leaks += 1;
  });
  console.log(
    `T8: ${races} first messages against blocks: ${stored} stored before it, ${leaks} leaks or requests left in the folder`,
  );
  expect(leaks).toBe(0);
}

async function makePairs(server: TestServer, count: number): Promise<Pair[]> {
  const people = await addPeople(server.database, count * 2);
  return await inParallel(Array.from({ length: count }), 8, async (_, n): Promise<Pair> => {
    const [from, to] = [people[n * 2], people[n * 2 + 1]];
    if (!from || !to) throw new Error("too few people");
    await befriendAll(server.database.sql, [[from, to]]);
    await must(server.url, from, "messages.sendToPerson", { personId: to.id, clientId: "first", text: "first" });
    const [photoId = ""] = await addReadyPhotos(server.database.sql, [from.id]);
    return {
      from,
      to,
      photoId,
      fromSocket: await openSocket(server.url, from),
      toSocket: await openSocket(server.url, to),
    };
  });
}

/** Both ways into the log: the batch of texts, and the single way of photos. */
function sendSome({ fromSocket, to, photoId }: Pair, id: string, random: () => number): Promise<FrameAnswer>[] {
  return [0, 1, 2, 3].map(async (n) => {
    if (n > 1) await Bun.sleep(random() * 2);
    const mediaIds = n === 3 ? [photoId] : [];
    return await fromSocket.call("messages.sendToPerson", {
      personId: to.id,
      clientId: `${id}-${n}`,
      text: "x",
      mediaIds,
    });
  });
}

async function countStored(server: TestServer, { from, to }: Pick<Pair, "from" | "to">): Promise<number> {
  const [row] = await server.database.sql`
    select count(*)::int as n from messages m join conversations c on c.id = m.conversation_id
    where c.low_id = least(${from.id}::uuid, ${to.id}::uuid) and c.high_id = greatest(${from.id}::uuid, ${to.id}::uuid)`;
  return row.n;
}
