import { expect, test } from "bun:test";
import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { startTestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, call, must } from "./api-kit.ts";

test("C14, T1 everybody in a group is listed, page by page, the invited too; nobody else learns of it, nor who has left", async () => {
  await using server = await startTestServer({ config: { editWindowMinutes: 7 } });
  const { url, database } = server;
  const [maker, stranger, ...others] = await addPeople(database, 27);
  const [leaver] = others;
  if (!maker || !stranger || !leaver) throw new Error("too few people");
  await befriendAll(
    database.sql,
    others.map((other) => [maker, other] as const),
  );
  const personIds = others.map(({ id }) => id);
  const group = await must(url, maker, "conversations.createGroup", { clientId: "large", personIds });
  const conversationId = group.id;
  expect(group.people).toHaveLength(20);

  const listed: string[] = [];
  let cursor: string | null = null;
  do {
    const page: CommandOutput<"conversations.listMembers"> = await must(url, maker, "conversations.listMembers", {
      conversationId,
      limit: 10,
      ...(cursor !== null && { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(10);
    listed.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor !== null);
  expect(listed).toEqual(personIds.toSorted());

  // An invited person sees who else is in it, as in `people`; a stranger nothing.
  const seen = await must(url, leaver, "conversations.listMembers", { conversationId, limit: 200 });
  expect(seen.items.map(({ id }) => id)).toEqual([maker.id, ...personIds.slice(1)].toSorted());
  await must(url, leaver, "conversations.leave", { conversationId });
  for (const outside of [stranger, leaver]) {
    const answer = await call(url, outside, "conversations.listMembers", { conversationId });
    expect(answer).toMatchObject({ status: 404 });
  }
  const left = await must(url, maker, "conversations.listMembers", { conversationId, limit: 200 });
  expect(left.items.map(({ id }) => id)).toEqual(personIds.slice(1).toSorted());
  expect((await must(url, maker, "me.get", {})).editWindowMinutes).toBe(7);
});
