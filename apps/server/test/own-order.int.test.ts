import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, inParallel, must, openSocket, type Somebody } from "./api-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

const rounds = 20;

test("R14 photos and texts sent without waiting for answers stay in their sender's order", async () => {
  const changed = await inParallel(Array.from({ length: rounds }), 1, async () => {
    const [one, other] = await addTwo(server.database);
    await befriendAll(server.database.sql, [[one, other]]);
    const photos = (await addPhotos(one, 3)).map((photo) => [photo]);
    return await changesOrder(one, { begunBy: one, other }, [
      [],
      ...photos.slice(0, 1),
      [],
      [],
      ...photos.slice(1),
      [],
    ]);
  });
  expect(changed.filter(Boolean)).toHaveLength(0);
});

test("R14 several answers that accept a request at once stay in their sender's order", async () => {
  const changed = await inParallel(Array.from({ length: rounds }), 1, async () => {
    const [one, other] = await addTwo(server.database);
    return await changesOrder(other, { begunBy: one, other }, [[], [], [], [], []]);
  });
  expect(changed.filter(Boolean)).toHaveLength(0);
});

/** Whether one's messages, sent in one breath, were stored in another order. */
async function changesOrder(
  sender: Somebody,
  pair: { begunBy: Somebody; other: Somebody },
  photosOfEach: string[][],
): Promise<boolean> {
  const first = { personId: pair.other.id, clientId: "first", text: "first" };
  const { conversation } = await must(server.url, pair.begunBy, "messages.sendToPerson", first);
  using socket = await openSocket(server.url, sender);
  const answers = await Promise.all(
    photosOfEach.map(async (mediaIds, n) => {
      const message = { conversationId: conversation.id, clientId: `c${n}`, text: `${n}`, mediaIds };
      return await socket.call("messages.send", message);
    }),
  );
  const seqs = answers.map(({ ok }) => (ok as Message).seq);
  expect(seqs.toSorted((a, b) => a - b)).toEqual(photosOfEach.map((_, n) => n + 2));
  return seqs.some((seq, n) => seq !== n + 2);
}

async function addPhotos({ id }: Somebody, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => Bun.randomUUIDv7());
  for (const photo of ids)
    await server.database.sql`
      insert into media (id, owner_id, state, width, height, created_at, ready_at)
      values (${photo}, ${id}, 'ready', 1, 1, now(), now())`;
  return ids;
}
