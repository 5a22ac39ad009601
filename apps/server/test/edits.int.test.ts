import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addReadyPhotos, addTwo, call, must, openSocket } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { makeChat, newClientId, say, toldOf } from "./messages-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("R17 an edit is marked, reaches both, and what it said before is served to nobody", async () => {
  const { one, other, conversationId, first } = await makeChat(server, "what it said at first");
  using socket = await openSocket(server.url, other);
  const edited = await must(server.url, one, "messages.edit", {
    conversationId,
    messageId: first.id,
    text: "what it says now",
  });
  expect(edited).toMatchObject({ id: first.id, seq: first.seq, text: "what it says now", clientId: first.clientId });
  expect(edited.editedAt).toBeString();
  expect(edited.change).toBe(first.change + 1);
  await until("the other was told", () => toldOf(socket, conversationId).some((message) => message.editedAt));
  const { clientId: _, ...theirs } = edited;
  expect(toldOf(socket, conversationId)).toEqual([theirs]);
  const list = await must(server.url, other, "messages.list", { conversationId });
  expect(list.items).toEqual([theirs]);
  const versions = await server.database.sql`
    select version, text from message_versions where conversation_id = ${conversationId}`;
  expect([...versions]).toEqual([{ version: 1, text: "what it said at first" }]);
  const answers = await Promise.all([
    call(server.url, other, "messages.list", { conversationId }),
    call(server.url, other, "messages.changes", { conversationId, after: 0 }),
    call(server.url, other, "messages.get", { conversationId, messageId: first.id }),
    call(server.url, other, "conversations.get", { conversationId }),
    call(server.url, other, "sync.pull", {}),
  ]);
  expect(answers.filter((answer) => answer.text.includes("at first"))).toEqual([]);
});

test("R17 bad edits: another's, an unsent one, a missing one, of nothing, of another conversation, outside the window", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  const elsewhere = await makeChat(server);
  const unsent = await say(server.url, one, conversationId);
  await must(server.url, one, "messages.unsend", { conversationId, messageId: unsent.id });
  const old = await say(server.url, one, conversationId);
  await server.database.sql`
    update messages set created_at = created_at - interval '15 minutes 1 second' where id = ${old.id}`;
  const forwarded = await must(server.url, one, "messages.forward", {
    conversationId,
    messageId: first.id,
    clientId: newClientId(),
    toConversationId: conversationId,
  });
  const edits = [
    { who: other, messageId: first.id, code: "not_found" },
    { who: one, messageId: unsent.id, code: "not_found" },
    { who: one, messageId: Bun.randomUUIDv7(), code: "not_found" },
    { who: one, messageId: elsewhere.first.id, code: "not_found" },
    { who: elsewhere.one, messageId: first.id, code: "not_found" },
    { who: one, messageId: old.id, code: "edit_window_closed" },
    { who: one, messageId: forwarded.id, code: "edit_window_closed" },
    { who: one, messageId: first.id, text: " \n", code: "invalid" },
    { who: one, messageId: first.id, text: "x".repeat(50_000), code: "invalid" },
    { who: one, messageId: first.id, text: "a\0b", code: "invalid" },
  ];
  const wrong: string[] = [];
  const before = await stateOf(conversationId);
  for (const { who, code, messageId, text = "edited" } of edits) {
    const answer = await call(server.url, who, "messages.edit", { conversationId, messageId, text });
    if (answer.problem?.code !== code) wrong.push(`${messageId}: ${answer.text}`);
  }
  console.log(`R17: ${edits.length} edits that may not be, ${wrong.length} accepted or refused with another code`);
  expect(wrong).toEqual([]);
  expect(await stateOf(conversationId)).toBe(before);
});

test("R17 the window is the server's: open in its last second, closed after it; one of nothing never opens", async () => {
  const { one, conversationId, first } = await makeChat(server);
  const { sql } = server.database;
  const edit = async (text: string) =>
    (await call(server.url, one, "messages.edit", { conversationId, messageId: first.id, text })).problem?.code ?? "ok";
  await sql`update messages set created_at = now() - interval '14 minutes 50 seconds' where id = ${first.id}`;
  expect(await edit("in time")).toBe("ok");
  await sql`update messages set created_at = now() - interval '15 minutes 1 second' where id = ${first.id}`;
  expect(await edit("too late")).toBe("edit_window_closed");
  await using closed = await startTestServer({ config: { editWindowMinutes: 0 } });
  const chat = await makeChat(closed);
  const answer = await call(closed.url, chat.one, "messages.edit", {
    conversationId: chat.conversationId,
    messageId: chat.first.id,
    text: "never",
  });
  expect(answer.problem?.code).toBe("edit_window_closed");
});

test("R17 R3 a request that waits is not edited, reacted to, pinned or answered by a reaction", async () => {
  const [asker, asked] = await addTwo(server.database);
  const { message } = await must(server.url, asker, "messages.sendToPerson", {
    personId: asked.id,
    clientId: newClientId(),
    text: "may I?",
  });
  const { conversationId, id: messageId } = message;
  const codes = await Promise.all(
    [asker, asked].flatMap((who) => [
      call(server.url, who, "messages.edit", { conversationId, messageId, text: "more" }),
      call(server.url, who, "messages.react", { conversationId, messageId, emoji: "👍" }),
      call(server.url, who, "messages.pin", { conversationId, messageId }),
    ]),
  );
  expect(codes.map((answer) => answer.problem?.code)).toEqual(Array(6).fill("request_waiting"));
  const { conversation } = await must(server.url, asked, "conversations.get", { conversationId });
  expect(conversation).toMatchObject({ state: "request_received", change: message.change });
});

test("R13 R17 after an edit the same client id answers the message as it is, and other words are a conflict", async () => {
  const { one, conversationId } = await makeChat(server);
  const sent = { conversationId, clientId: newClientId(), text: "as it was sent" };
  const message = await must(server.url, one, "messages.send", sent);
  await must(server.url, one, "messages.edit", { conversationId, messageId: message.id, text: "as it was edited" });
  expect(await must(server.url, one, "messages.send", sent)).toMatchObject({
    id: message.id,
    text: "as it was edited",
  });
  const other = await call(server.url, one, "messages.send", { ...sent, text: "as it was edited" });
  expect(other.problem?.code).toBe("conflict");
});

test("R17 a caption may be emptied, photos and what it answers stay; an edit that changes nothing is no change", async () => {
  const { one, conversationId, first } = await makeChat(server);
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  const message = await say(server.url, one, conversationId, {
    text: "caption",
    mediaIds: [mediaId],
    replyToId: first.id,
  });
  const edited = await must(server.url, one, "messages.edit", { conversationId, messageId: message.id, text: "" });
  expect(edited).toMatchObject({ text: "", media: [{ id: mediaId }], replyTo: { messageId: first.id, text: "first" } });
  const again = await must(server.url, one, "messages.edit", { conversationId, messageId: message.id, text: "" });
  expect(again).toEqual(edited);
});

test("C11 mentions are members, each once; an edit keeps them, or names others", async () => {
  const people = await somePeople(server, 3);
  const [one, other, third] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  const [stranger] = await addTwo(server.database);
  const mentionIds = [other.id, stranger.id, other.id];
  const message = await say(server.url, one, conversationId, { text: "@other", mentionIds });
  expect(message.mentionIds).toEqual([other.id]);
  const edit = async (more: object) =>
    await must(server.url, one, "messages.edit", { conversationId, messageId: message.id, ...more, text: "edited" });
  expect((await edit({})).mentionIds).toEqual([other.id]);
  expect((await edit({ mentionIds: [third.id] })).mentionIds).toEqual([third.id]);
  expect((await edit({ mentionIds: [] })).mentionIds).toBeUndefined();
});

/** Everything of a conversation that an edit could change, as text. */
async function stateOf(conversationId: string): Promise<string> {
  const { sql } = server.database;
  const rows = await sql`
    select c.last_change::float8 as change, array(select m::text from messages m where m.conversation_id = c.id order by m.seq) as messages,
      (select count(*)::int from message_versions v where v.conversation_id = c.id) as versions
    from conversations c where c.id = ${conversationId}`;
  return JSON.stringify([...rows]);
}
