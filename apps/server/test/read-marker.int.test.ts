import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, inParallel, must, openSocket, rawRequest, seeded, toHttp, type Somebody } from "./api-kit.ts";
import { makeChat, say, type Chat } from "./messages-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

const past = [11, 12, 1_000, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER];
const wrong: unknown[] = [
  -1,
  1.5,
  1e300,
  Number.MAX_SAFE_INTEGER + 1,
  "5",
  null,
  true,
  [],
  [5],
  {},
  { seq: 5 },
  "5'--",
  "NaN",
  "Infinity",
  "١",
  "0x5",
  -0.1,
];

test("T31 R16 forged read markers: another's, backwards, past the end, fractions, other types, through every door", async () => {
  const chat = await makeChat(server);
  const { one, other, conversationId } = chat;
  for (let n = 0; n < 9; n += 1) await say(server.url, one, conversationId);
  const [stranger] = await addPeople(server.database, 1);
  if (!stranger) throw new Error("nobody");
  await must(server.url, other, "conversations.markRead", { conversationId, seq: 6 });
  let attempts = 0;
  const accepted: string[] = [];
  const expectMarkers = async (what: string) => {
    attempts += 1;
    const markers = await markersOf(chat);
    if (markers !== "0 6") accepted.push(`${what}: ${markers}`);
  };
  for (const send of await doors()) {
    for (const seq of [0, 1, 5, 6]) {
      await send(other, { conversationId, seq });
      await expectMarkers(`backwards to ${seq}`);
    }
    for (const seq of wrong) {
      const status = await send(other, { conversationId, seq });
      await expectMarkers(`${JSON.stringify(seq)}`);
      if (status < 400) accepted.push(`${JSON.stringify(seq)} was answered ${status}`);
    }
    for (const extra of [{ personId: one.id }, { readSeq: 9 }, { person_id: one.id }, { reader: one.id }]) {
      await send(other, { conversationId, seq: 9, ...extra });
      await expectMarkers(`with ${Object.keys(extra)[0]}`);
    }
    for (const seq of [1, 9, ...past]) {
      const status = await send(stranger, { conversationId, seq });
      await expectMarkers(`a stranger's ${seq}`);
      if (status < 400) accepted.push(`a stranger's ${seq} was answered ${status}`);
    }
  }
  for (const send of await doors()) {
    for (const seq of past) {
      await send(other, { conversationId, seq });
      attempts += 1;
      const markers = await markersOf(chat);
      // Past the end is the end: nothing that comes later is read before it came.
      if (markers !== "0 10") accepted.push(`past the end ${seq}: ${markers}`);
    }
  }
  await say(server.url, one, conversationId);
  const { conversation } = await must(server.url, other, "conversations.get", { conversationId });
  if (conversation.unread !== 1 || conversation.readSeq !== 10)
    accepted.push(`a later message: ${conversation.unread} unread`);
  console.log(`T31: ${attempts} forged read markers by 3 doors: ${accepted.length} accepted`);
  expect(accepted).toEqual([]);
});

test("T31 R16 markers in any order at once, of two people: each stands at its own highest, and never went back", async () => {
  const chat = await makeChat(server);
  const { one, other, conversationId } = chat;
  await inParallel(
    Array.from({ length: 200 }),
    8,
    async (_, n) => await say(server.url, n % 2 ? one : other, conversationId),
  );
  const random = seeded(31);
  let backwards = 0;
  const highest = new Map([
    [one.id, 0],
    [other.id, 0],
  ]);
  await inParallel(Array.from({ length: 300 }), 8, async (_, n) => {
    const who = n % 2 ? one : other;
    const seq = Math.floor(random() * 150);
    highest.set(who.id, Math.max(highest.get(who.id) ?? 0, seq));
    const { readSeq } = await must(server.url, who, "conversations.markRead", { conversationId, seq });
    if (readSeq < seq) backwards += 1;
  });
  console.log(`T31: 300 markers at once: ${backwards} that stood behind what was acknowledged`);
  expect(backwards).toBe(0);
  const shown = await Promise.all(
    [one, other].map(
      async (who) => (await must(server.url, who, "conversations.get", { conversationId })).conversation.readSeq,
    ),
  );
  expect(shown).toEqual([highest.get(one.id) ?? 0, highest.get(other.id) ?? 0]);
});

type Door = (who: Somebody, input: Record<string, unknown>) => Promise<number>;

/** HTTP as the contract has it, HTTP with the conversation named twice, and the socket. Each answers the status. */
async function doors(): Promise<Door[]> {
  const overHttp: Door = async (who, input) =>
    (await rawRequest(server.url, { ...toHttp("conversations.markRead", input), token: who.token })).status;
  const namedTwice: Door = async (who, input) => {
    const request = toHttp("conversations.markRead", input);
    const body = JSON.stringify(input);
    return (await rawRequest(server.url, { ...request, body, token: who.token })).status;
  };
  const overSocket: Door = async (who, input) => {
    using socket = await openSocket(server.url, who);
    const { error } = await socket.call("conversations.markRead", input as never);
    return error?.status ?? 200;
  };
  return [overHttp, namedTwice, overSocket];
}

/** The writer's marker and the reader's. */
async function markersOf({ one, other, conversationId }: Chat): Promise<string> {
  const rows: { person_id: string; read_seq: number }[] = await server.database.sql`
    select person_id, read_seq::float8 as read_seq from inbox where conversation_id = ${conversationId}`;
  const of = (id: string) => rows.find((row) => row.person_id === id)?.read_seq;
  return `${of(one.id)} ${of(other.id)}`;
}
