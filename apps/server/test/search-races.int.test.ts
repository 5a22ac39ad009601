import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import { silentLog } from "../src/log.ts";
import { indexBatch } from "../src/search/index-batch.ts";
import { startSearch } from "../src/search/start.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { call, inParallel, must, seeded } from "./api-kit.ts";
import { find, indexed, say, twoFriends } from "./search-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

const races = 1_000;
const lanes = 10;

test("T6 R9 1,000 races of unsend against the indexers of two nodes: nothing of the unsent is found or left in the index", async () => {
  const { url, database } = server;
  const random = seeded(18);
  const unsent: Message[] = [];
  let found = 0;
  await inParallel(Array.from({ length: lanes }), lanes, async (_, lane) => {
    const [ada, bob] = await twoFriends(server);
    for (let n = 0; n < races / lanes; n += 1) {
      const message = await say(server, ada, bob, `canary quokka${lane}x${n} sings`);
      const { conversationId } = message;
      // As another node would, at the same time as this one and as the unsend.
      const other = Bun.sleep(random() * 6).then(async () => await indexBatch(database.sql, [conversationId]));
      await Bun.sleep(random() * 6);
      await must(url, ada, "messages.unsend", { conversationId, messageId: message.id });
      await other;
      // Not each time: 120 searches a minute are what one person has.
      if (n % 3 === 0) found += (await must(url, bob, "messages.search", { query: `quokka${lane}x${n}` })).items.length;
      unsent.push(message);
    }
    found += (await find(server, bob, { query: "canary" })).texts.length;
  });
  await indexed(server);
  const [left] = await database.sql`
    select count(*)::int as terms from search_terms where term like 'quokka%' or term in ('canary', 'sings')`;
  console.log(`T6: ${unsent.length} races of unsend against two indexers: ${found} found, ${left.terms} terms left`);
  expect({ found, terms: left.terms, raced: unsent.length }).toEqual({ found: 0, terms: 0, raced: races });
}, 120_000);

test("two nodes index at once: every message once, and all of them", async () => {
  const { database } = server;
  const [ada, bob] = await twoFriends(server);
  const first = await say(server, ada, bob, "wombat 0");
  const id = first.conversationId;
  for (let round = 0; round < 30; round += 1) {
    const batches = Array.from({ length: 4 }, async () => await indexBatch(database.sql, [id]));
    await say(server, bob, ada, `wombat ${round + 1}`);
    await Promise.all(batches);
  }
  expect((await find(server, ada, { query: "wombat" })).texts).toEqual(
    Array.from({ length: 31 }, (_, n) => `wombat ${30 - n}`),
  );
});

test("what a crash forgot is found again, and an index of other terms is made anew", async () => {
  const [ada, bob] = await twoFriends(server);
  const said = await say(server, ada, bob, "numbat in the log alone");
  await indexed(server);
  const { sql } = server.database;
  await sql`delete from search_terms`;
  await sql`delete from search_progress`;
  await sql`update search_state set version = 0`;
  expect((await must(server.url, bob, "messages.search", { query: "numbat" })).items).toEqual([]);
  expect((await must(server.url, bob, "messages.search", { query: "numbat" })).complete).toBe(false);
  const faults: unknown[] = [];
  const search = startSearch({ sql, log: silentLog(), onError: (error) => faults.push(error), work: true });
  expect((await find(server, bob, { query: "numbat" })).ids).toEqual([said.id]);
  await search.stop();
  expect(faults).toEqual([]);
  const [state] = await sql`select version, complete from search_state`;
  expect(state).toEqual({ version: 1, complete: true });
  expect((await call(server.url, bob, "messages.search", { query: "numbat" })).ok.complete).toBe(true);
});
