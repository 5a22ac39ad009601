import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, befriendAll, call, must, openSocket, seeded, type Somebody } from "./api-kit.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

async function makeTwo() {
  const [one, other] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  await befriendAll(server.database.sql, [[one, other]]);
  const { conversation, message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  const conversationId = conversation.id;
  // The inbox of both has it: what devices hear from now on is about drafts.
  await until("it is flushed", async () => {
    const behind = await server.database
      .sql`select 1 from inbox where conversation_id = ${conversationId} and counter = 0`;
    return behind.length === 0;
  });
  return { one, other, conversationId, messageId: message.id };
}

const at = (offsetMs: number) => new Date(Date.now() + offsetMs).toISOString();
const draftOf = async (who: Somebody, conversationId: string) =>
  (await must(server.url, who, "conversations.get", { conversationId })).conversation.draft;

test("C17 the later draft wins whichever way it comes, never a later one than now, and the other devices are told", async () => {
  const { one, other, conversationId, messageId } = await makeTwo();
  using device = await openSocket(server.url, other);
  const save = async (text: string, writtenAt: string, replyToId: string | null = null) =>
    (await must(server.url, other, "conversations.saveDraft", { conversationId, text, replyToId, writtenAt })).draft;
  expect(await save("newer", at(-1_000), messageId)).toMatchObject({ text: "newer", replyToId: messageId });
  expect((await save("older", at(-60_000)))?.text).toBe("newer");
  expect(device.events.filter((event) => event.event === "inbox")).toHaveLength(1);
  const future = await save("from the future", at(3_600_000));
  expect(Date.parse(future?.writtenAt ?? "")).toBeLessThanOrEqual(Date.now());
  expect(await save("", at(0))).toBeNull();
  expect((await save("from a device that was away", at(-5_000)))?.text).toBeUndefined();
  expect(await draftOf(other, conversationId)).toBeNull();
  expect(await draftOf(one, conversationId)).toBeNull();
});

test("C17 R16 what was sent is no draft any more, on any device, and does not come back", async () => {
  const rounds = 36;
  const random = seeded(17);
  const { other, conversationId } = await makeTwo();
  using device = await openSocket(server.url, other);
  let back = 0;
  let lost = 0;
  for (let round = 0; round < rounds; round += 1) {
    const writtenAt = at(0);
    const saving = { conversationId, text: `round ${round}`, replyToId: null, writtenAt };
    const late = random() < 0.5;
    if (!late) await must(server.url, other, "conversations.saveDraft", saving);
    await must(server.url, other, "messages.send", { conversationId, clientId: `r${round}`, text: `round ${round}` });
    if (late) await must(server.url, other, "conversations.saveDraft", saving);
    await until("the draft went", async () => (await draftOf(other, conversationId)) === null, 2_000).catch(() => {
      back += 1;
    });
    const { draft } = await must(server.url, other, "conversations.saveDraft", {
      ...saving,
      text: "the next one",
      writtenAt: at(0),
    });
    if (draft?.text !== "the next one") lost += 1;
    await must(server.url, other, "conversations.saveDraft", { ...saving, text: "", writtenAt: at(0) });
  }
  const told = device.events.some((event) => event.event === "inbox" && event.changes.some((one) => one.stale));
  console.log(
    `C17: ${rounds} drafts sent, half of them saved after the send: ${back} came back, ${lost} next ones lost`,
  );
  expect({ back, lost, told }).toEqual({ back: 0, lost: 0, told: true });
}, 60_000);

test("C17 a draft stays when others write, loses its quote with the source, and goes with its writer", async () => {
  const [maker, writer, third] = (await addPeople(server.database, 3)) as [Somebody, Somebody, Somebody];
  const { id: conversationId } = await makeApiGroup(server, [maker, writer, third]);
  const source = await must(server.url, maker, "messages.send", { conversationId, clientId: "s", text: "source" });
  const saved = { conversationId, text: "my answer", replyToId: source.id, writtenAt: at(0) };
  await must(server.url, writer, "conversations.saveDraft", saved);
  for (let n = 0; n < 5; n += 1)
    await must(server.url, third, "messages.send", { conversationId, clientId: `t${n}`, text: "chatter" });
  await Bun.sleep(400);
  expect(await draftOf(writer, conversationId)).toMatchObject({ text: "my answer", replyToId: source.id });
  await must(server.url, maker, "messages.unsend", { conversationId, messageId: source.id });
  expect(await draftOf(writer, conversationId)).toMatchObject({ text: "my answer", replyToId: null });
  const stranger = await call(
    server.url,
    (await addPeople(server.database, 1))[0] ?? null,
    "conversations.saveDraft",
    saved,
  );
  expect(stranger.problem?.code).toBe("not_found");
  await must(server.url, writer, "conversations.leave", { conversationId });
  const kept = await server.database.sql`
    select 1 from drafts where person_id = ${writer.id} and conversation_id = ${conversationId}`;
  expect(kept).toHaveLength(0);
});
