import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addReadyPhotos, addTwo, befriendAll, call, inParallel, must, type Somebody } from "./api-kit.ts";
import { makeChat, newClientId, say } from "./messages-kit.ts";
import { somePeople } from "./groups-kit.ts";
import { taggedPhoto } from "./tagged-photos.ts";
import { uploadPhoto } from "./upload-photo.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

async function forward(
  who: Somebody,
  from: { conversationId: string; messageId: string },
  to: object,
  clientId = newClientId(),
) {
  return await call(server.url, who, "messages.forward", { ...from, ...to, clientId });
}

test("C15 R9 a forward is a message of its own: unsending its source does not reach it, and its photo stays until both are gone", async () => {
  const { one, other, conversationId } = await makeChat(server);
  const target = await makeChat(server);
  const { sql } = server.database;
  const to = { toConversationId: target.conversationId };
  await sql`
    insert into members (conversation_id, person_id, joined_at) values (${target.conversationId}, ${other.id}, now())`;
  await sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    values (${other.id}, ${target.conversationId}, 'inbox', 0, 0, 0, now())`;
  await sql`update conversations set kind = 'group', low_id = null, high_id = null where id = ${target.conversationId}`;
  const [mediaId = ""] = await addReadyPhotos(sql, [one.id]);
  const source = await say(server.url, one, conversationId, {
    text: "look",
    mediaIds: [mediaId],
    mentionIds: [other.id],
  });
  const from = { conversationId, messageId: source.id };
  const clientId = newClientId();
  const { ok, problem } = await forward(other, from, to, clientId);
  expect(problem).toBeNull();
  const sent = ok as typeof source;
  expect(sent).toMatchObject({ senderId: other.id, text: "look", forwarded: true, media: [{ id: mediaId }] });
  expect(sent.mentionIds).toBeUndefined();
  const shows = async () =>
    (await sql`select 1 from media where id = ${mediaId}`).length > 0 &&
    (await must(server.url, target.one, "messages.get", { conversationId: target.conversationId, messageId: sent.id }))
      .media.length;
  await must(server.url, one, "messages.unsend", from);
  expect(await shows()).toBe(1);
  // R13: the same client id answers the first result, though there is nothing to forward any more.
  expect((await forward(other, from, to, clientId)).ok).toMatchObject({ id: sent.id });
  expect((await forward(other, { ...from, messageId: Bun.randomUUIDv7() }, to, clientId)).problem?.code).toBe(
    "conflict",
  );
  expect((await forward(other, from, to)).problem?.code).toBe("not_found");
  await must(server.url, other, "messages.unsend", { conversationId: target.conversationId, messageId: sent.id });
  expect(await sql`select 1 from media where id = ${mediaId}`).toHaveLength(0);
  expect(await sql`select 1 from message_media where media_id = ${mediaId}`).toHaveLength(0);
});

test("C15 what may not be forwarded: noForward by others, view once by anybody, what one cannot see, to two places or none", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  const kept = await say(server.url, one, conversationId, { noForward: true });
  expect(kept.noForward).toBe(true);
  const once = await must(server.url, one, "messages.send", {
    conversationId,
    clientId: newClientId(),
    text: "s",
    viewOnce: true,
  });
  const here = { toConversationId: conversationId };
  const foreign = await makeChat(server);
  const code = async (...asked: Parameters<typeof forward>) => (await forward(...asked)).problem?.code ?? "ok";
  expect(await code(other, { conversationId, messageId: kept.id }, here)).toBe("forward_forbidden");
  expect(await code(one, { conversationId, messageId: kept.id }, here)).toBe("ok");
  expect(await code(other, { conversationId, messageId: once.id }, here)).toBe("forward_forbidden");
  expect(await code(one, { conversationId, messageId: once.id }, here)).toBe("forward_forbidden");
  expect(await code(other, { conversationId: foreign.conversationId, messageId: foreign.first.id }, here)).toBe(
    "not_found",
  );
  expect(await code(other, { conversationId, messageId: first.id }, { toConversationId: foreign.conversationId })).toBe(
    "not_found",
  );
  expect(await code(other, { conversationId, messageId: first.id }, {})).toBe("invalid");
  expect(await code(other, { conversationId, messageId: first.id }, { ...here, toPersonId: one.id })).toBe("invalid");
});

test("R3 R5 a forward is decided as a send: to a stranger one text, no photo and no card; to a blocked one nothing", async () => {
  const { one, other, conversationId, first } = await makeChat(server, "pass it on");
  const [stranger, another] = await addTwo(server.database);
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  const photo = await say(server.url, one, conversationId, { mediaIds: [mediaId] });
  const card = await must(server.url, one, "messages.send", {
    conversationId,
    clientId: newClientId(),
    cardPersonId: one.id,
  });
  const code = async (...asked: Parameters<typeof forward>) => (await forward(...asked)).problem?.code ?? "ok";
  const text = { conversationId, messageId: first.id };
  expect(await code(other, { ...text, messageId: photo.id }, { toPersonId: stranger.id })).toBe("request_text_only");
  expect(await code(other, { ...text, messageId: card.id }, { toPersonId: stranger.id })).toBe("request_text_only");
  expect(await server.database.sql`select 1 from conversations where ${stranger.id} in (low_id, high_id)`).toHaveLength(
    0,
  );
  expect(await code(other, text, { toPersonId: stranger.id })).toBe("ok");
  expect(await code(other, text, { toPersonId: stranger.id })).toBe("request_waiting");
  const asked = await must(server.url, stranger, "conversations.withPerson", { personId: other.id });
  expect(asked.conversation).toMatchObject({
    state: "request_received",
    lastMessage: { text: "pass it on", forwarded: true },
  });
  await must(server.url, another, "blocks.block", { personId: other.id });
  expect(await code(other, text, { toPersonId: another.id })).toBe("not_accepting");
  await must(server.url, one, "blocks.block", { personId: other.id });
  expect(await code(other, text, { toPersonId: one.id })).toBe("not_accepting");
  expect(await code(other, text, { toConversationId: conversationId })).toBe("not_accepting");
});

test("C33 R21 a forwarded photo is served to whom it was forwarded, and to nobody when both are unsent", async () => {
  const people = await somePeople(server, 3);
  const [one, other, third] = people;
  await befriendAll(server.database.sql, [
    [one, other],
    [other, third],
  ]);
  const mediaId = await uploadPhoto(server.url, one, await taggedPhoto("jpeg"));
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: newClientId(),
    mediaIds: [mediaId],
  });
  const status = async (who: { token: string }) =>
    (await fetch(`${server.url}/v1/media/${mediaId}/full`, { headers: { authorization: `Bearer ${who.token}` } }))
      .status;
  expect(await Promise.all([one, other, third].map(status))).toEqual([200, 200, 404]);
  const { conversationId, id: messageId } = message;
  const sent = await must(server.url, other, "messages.forward", {
    conversationId,
    messageId,
    clientId: newClientId(),
    toPersonId: third.id,
  });
  expect(await Promise.all([one, other, third].map(status))).toEqual([200, 200, 200]);
  await must(server.url, one, "messages.unsend", { conversationId, messageId });
  expect(await Promise.all([one, other, third].map(status))).toEqual([404, 200, 200]);
  await must(server.url, other, "messages.unsend", { conversationId: sent.conversationId, messageId: sent.id });
  expect(await Promise.all([one, other, third].map(status))).toEqual([404, 404, 404]);
});

test("R9 races of a forward with the unsend of its source: a photo is with its forward, or nowhere", async () => {
  const chats = await inParallel(Array.from({ length: 40 }), 8, async () => await makeChat(server));
  const count = { forwarded: 0, missed: 0, wrong: 0 };
  await inParallel(chats, 8, async ({ one, other, conversationId }, n) => {
    const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
    const source = await say(server.url, one, conversationId, { text: "", mediaIds: [mediaId] });
    const from = { conversationId, messageId: source.id };
    const unsend = async () => {
      for (let wait = n % 5; wait > 0; wait -= 1) await Bun.sleep(1);
      await must(server.url, one, "messages.unsend", from);
    };
    const [{ ok, problem }] = await Promise.all([forward(other, from, { toConversationId: conversationId }), unsend()]);
    const kept = (await server.database.sql`select 1 from media where id = ${mediaId}`).length;
    if (problem) count.missed += 1;
    else count.forwarded += 1;
    if (problem ? kept !== 0 || problem.code !== "not_found" : kept !== 1 || (ok as typeof source).media.length !== 1)
      count.wrong += 1;
  });
  console.log(
    `R9: 40 races of a forward with an unsend: ${count.forwarded} forwarded, ${count.missed} too late, ${count.wrong} wrong`,
  );
  expect(count.wrong).toBe(0);
});
