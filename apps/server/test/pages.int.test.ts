import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, follow, inParallel, must, type Somebody } from "./api-kit.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

type Page = { items: { id: string }[]; next: string | null };

/** Every page to the last one. */
async function walk(read: (cursor: string | undefined) => Promise<Page>): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor);
    ids.push(...page.items.map((one) => one.id));
    if (page.next === null) return ids;
    cursor = page.next;
  }
}

test("lists in pages of any size have everybody once, also those of one moment", async () => {
  const [me, ...others] = (await addPeople(server.database, 41)) as [Somebody, ...Somebody[]];
  await inParallel(others, 40, async (other) => {
    await must(server.url, other, "follows.follow", { personId: me.id });
    await must(server.url, me, "follows.follow", { personId: other.id });
  });
  await inParallel(
    others,
    40,
    async (other) =>
      await must(server.url, me, "messages.sendToPerson", { personId: other.id, clientId: other.id, text: "x" }),
  );
  await Bun.sleep(500);
  await inParallel(others, 40, async (other) => await must(server.url, me, "blocks.block", { personId: other.id }));
  // In one statement, as an import does it: the same moment for all of them.
  const [famous] = (await addPeople(server.database, 1)) as [Somebody];
  await follow(
    server.database.sql,
    others.map((other) => [other.id, famous.id] as const),
  );
  const wrong: string[] = [];
  for (const limit of [1, 2, 7, 40, 41, 200]) {
    const paged = { limit };
    const lists: Record<string, (cursor: string | undefined) => Promise<Page>> = {
      followers: async (cursor) =>
        await must(server.url, me, "people.followers", {
          personId: me.id,
          ...paged,
          ...(cursor !== undefined && { cursor }),
        }),
      "followers of one moment": async (cursor) =>
        await must(server.url, me, "people.followers", {
          personId: famous.id,
          ...paged,
          ...(cursor !== undefined && { cursor }),
        }),
      blocks: async (cursor) =>
        await must(server.url, me, "blocks.list", { ...paged, ...(cursor !== undefined && { cursor }) }),
      search: async (cursor) =>
        await must(server.url, me, "people.search", { query: "p", ...paged, ...(cursor !== undefined && { cursor }) }),
      conversations: async (cursor) =>
        await must(server.url, me, "conversations.list", { ...paged, ...(cursor !== undefined && { cursor }) }),
    };
    for (const [name, read] of Object.entries(lists)) {
      // Searches are limited by the minute.
      if (name === "search" && limit < 7) continue;
      const ids = await walk(read);
      const meant = name === "search" ? others.length + 1 : others.length;
      if (ids.length !== meant || new Set(ids).size !== meant)
        wrong.push(`${name} by ${limit}: ${ids.length} items, ${new Set(ids).size} different`);
    }
  }
  console.log(`pages: 5 lists of ${others.length} in pages of 6 sizes, ${wrong.length} with somebody missing or twice`);
  expect(wrong).toEqual([]);
}, 60_000);
