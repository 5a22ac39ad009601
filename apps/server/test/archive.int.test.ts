import { expect, test } from "bun:test";
import { startTestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, must, type Somebody } from "./api-kit.ts";

/** Longer than the inbox flush waits, several times over. */
const flushedMs = 900;

test("C10 what is archived right after a message arrived stays archived; only a later message brings it back", async () => {
  await using server = await startTestServer();
  const { url, database } = server;
  const me = await one(database);
  const friends = await addPeople(database, 5);
  await befriendAll(
    database.sql,
    friends.map((friend) => [me, friend] as const),
  );
  const ids: string[] = [];
  for (const [at, friend] of friends.entries()) {
    const sent = await must(url, friend, "messages.sendToPerson", {
      personId: me.id,
      clientId: "hello",
      text: "Seen before it was put away",
    });
    const { id } = sent.conversation;
    ids.push(id);
    await Bun.sleep(at * 40);
    await must(url, me, "conversations.markRead", { conversationId: id, seq: sent.message.seq });
    expect((await must(url, me, "conversations.update", { conversationId: id, archived: true })).archived).toBe(true);
  }
  await Bun.sleep(flushedMs);
  expect(await folder(url, me, "archived")).toEqual([...ids].sort());
  expect(await folder(url, me, "inbox")).toEqual([]);

  const [first] = friends;
  if (!first) throw new Error("nobody");
  await must(url, first, "messages.sendToPerson", { personId: me.id, clientId: "again", text: "One more" });
  await Bun.sleep(flushedMs);
  expect(await folder(url, me, "inbox")).toEqual(ids.slice(0, 1));
  expect(await folder(url, me, "archived")).toEqual(ids.slice(1).sort());
});

async function one(database: Parameters<typeof addPeople>[0]): Promise<Somebody> {
  const [person] = await addPeople(database, 1);
  if (!person) throw new Error("nobody");
  return person;
}

async function folder(url: string, who: Somebody, name: "inbox" | "archived"): Promise<string[]> {
  const { items } = await must(url, who, "conversations.list", { folder: name });
  return items.map(({ id }) => id).sort();
}
