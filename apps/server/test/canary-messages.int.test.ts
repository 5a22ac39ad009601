import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must, openSocket } from "./api-kit.ts";
import { columnsHolding } from "./log-kit.ts";
import { makeChat, newClientId, say, toldOf } from "./messages-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

test("T6 R9 an unsent text that was edited, quoted, pinned, reacted to, searched for and drafted about is nowhere", async () => {
  const { one, other, conversationId } = await makeChat(server);
  const canaries = ["first", "second", "third"].map(
    (name) => `canary${name}${crypto.randomUUID().replaceAll("-", "")}`,
  );
  const [firstText = "", secondText = "", lastText = ""] = canaries;
  const before = await must(server.url, other, "sync.pull", {});
  const sent = { conversationId, clientId: newClientId(), text: `so ${firstText} it was`, mentionIds: [other.id] };
  const { id: messageId, seq } = await must(server.url, one, "messages.send", sent);
  const asked = { conversationId, messageId };
  await must(server.url, one, "messages.edit", { ...asked, text: `then ${secondText} it was` });
  await must(server.url, one, "messages.edit", { ...asked, text: `now ${lastText} it is` });
  await must(server.url, other, "messages.react", { ...asked, emoji: "👍" });
  await must(server.url, other, "messages.pin", asked);
  const quoting = await say(server.url, other, conversationId, { replyToId: messageId });
  await must(server.url, other, "messages.react", { conversationId, messageId: quoting.id, emoji: "👍" });
  await must(server.url, other, "conversations.saveDraft", {
    conversationId,
    text: "about it",
    replyToId: messageId,
    writtenAt: new Date().toISOString(),
  });
  await until("it is found", async () => {
    const { items } = await must(server.url, other, "messages.search", { query: lastText });
    return items.length > 0;
  });
  expect((await must(server.url, other, "messages.search", { query: secondText })).items).toEqual([]);
  const held = (
    await Promise.all(canaries.map(async (text) => (await columnsHolding(server.database.sql, text)).found))
  ).flat();
  expect(new Set(held)).toContain("messages.text");
  expect(new Set(held)).toContain("message_versions.text");
  const sockets = [await openSocket(server.url, one), await openSocket(server.url, other)];
  await must(server.url, one, "messages.unsend", asked);
  await until("both were told of it and of its quote", () =>
    sockets.every((socket) => toldOf(socket, conversationId).some(({ replyTo }) => replyTo?.kind === "gone")),
  );
  await Bun.sleep(400);
  const commands = [
    ["messages.list", { conversationId }],
    ["messages.list", { conversationId, around: seq }],
    ["messages.changes", { conversationId, after: 0 }],
    ["messages.get", asked],
    ["messages.get", { conversationId, messageId: quoting.id }],
    ["messages.listPinned", { conversationId }],
    ["messages.edit", { ...asked, text: "again" }],
    ["messages.react", { ...asked, emoji: "👎" }],
    ["messages.forward", { ...asked, clientId: newClientId(), toConversationId: conversationId }],
    ["messages.openOnce", asked],
    ["conversations.get", { conversationId }],
    ["conversations.list", {}],
    ["sync.pull", {}],
    ["sync.pull", { cursor: before.cursor }],
    ...canaries.map((query) => ["messages.search", { query }] as const),
  ] as const;
  const answers: { text: string }[] = await Promise.all(
    [one, other].flatMap((who) =>
      commands.map(async ([name, input]) => await call(server.url, who, name, input as never)),
    ),
  );
  answers.push(await call(server.url, one, "messages.send", { ...sent, text: "another" }));
  answers.push(await call(server.url, other, "conversations.withPerson", { personId: one.id }));
  for (const who of [one, other]) answers.push(await exported(who.token));
  const searched = await Promise.all(canaries.map(async (text) => await columnsHolding(server.database.sql, text)));
  const holds = (text: string) => canaries.some((one) => text.includes(one));
  const inAnswers = answers.filter(({ text }) => holds(text)).map(({ text }) => text.slice(0, 300));
  const inEvents = sockets.filter(({ events }) => holds(JSON.stringify(events))).length;
  const found = searched.flatMap((one) => one.found);
  console.log(
    `T6: 3 canaries (sent, edited twice, unsent) looked for in ${searched[0]?.searched} columns of every table, ${answers.length} answers ` +
      `and ${sockets.length} streams: ${found.length + inAnswers.length + inEvents} found`,
  );
  expect({ found, inAnswers, inEvents }).toEqual({ found: [], inAnswers: [], inEvents: 0 });
  for (const socket of sockets) socket.close();
});

test("T9 R5 a block suppresses edits, reactions, pins, forwards and quotes: nothing is delivered, and nothing tells of it", async () => {
  const { one, other, conversationId, first } = await makeChat(server);
  const theirs = await say(server.url, other, conversationId);
  const [closed, them] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[closed, them]]);
  const control = await must(server.url, closed, "messages.sendToPerson", {
    personId: them.id,
    clientId: newClientId(),
    text: "c",
  });
  const theirControl = await say(server.url, them, control.message.conversationId);
  await must(server.url, other, "blocks.block", { personId: one.id });
  await must(server.url, them, "settings.update", { whoMayMessage: "no_one" });
  await Bun.sleep(400);
  using socket = await openSocket(server.url, other);
  const state = await stateOf(conversationId);
  const attempts = (who: typeof one, where: string, own: string, others: string) =>
    [
      ["messages.edit", { conversationId: where, messageId: own, text: "leak" }],
      ["messages.react", { conversationId: where, messageId: others, emoji: "👍" }],
      ["messages.react", { conversationId: where, messageId: own, emoji: "👍" }],
      ["messages.pin", { conversationId: where, messageId: others }],
      ["messages.unpin", { conversationId: where, messageId: others }],
      [
        "messages.forward",
        { conversationId: where, messageId: others, clientId: newClientId(), toConversationId: where },
      ],
      ["messages.send", { conversationId: where, clientId: newClientId(), text: "leak", replyToId: others }],
      ["messages.send", { conversationId: where, clientId: newClientId(), text: "leak", mentionIds: [other.id] }],
      ["messages.send", { conversationId: where, clientId: newClientId(), cardPersonId: who.id }],
      ["messages.send", { conversationId: where, clientId: newClientId(), text: "leak", viewOnce: true }],
      ["messages.unreact", { conversationId: where, messageId: others, emoji: "👍" }],
      ["messages.hide", { conversationId: where, messageIds: [others] }],
    ] as const;
  const run = async (list: ReturnType<typeof attempts>, who: typeof one) => {
    const codes: string[] = [];
    for (const [name, input] of list)
      codes.push((await call(server.url, who, name, input as never)).problem?.code ?? "ok");
    return codes;
  };
  const blocked = await run(attempts(one, conversationId, first.id, theirs.id), one);
  const refused = await run(
    attempts(closed, control.message.conversationId, control.message.id, theirControl.id),
    closed,
  );
  await Bun.sleep(400);
  const delivered = socket.events.filter(({ event }) => event !== "sync").length;
  console.log(
    `T9: ${blocked.length} edits, reactions, pins, forwards and sends of a blocked person: ${delivered} delivered, ${blocked.filter((code, n) => code !== refused[n]).length} unlike a closed setting`,
  );
  expect(blocked).toEqual(refused);
  expect(blocked.slice(0, 10)).toEqual(Array(10).fill("not_accepting"));
  expect(delivered).toBe(0);
  expect(await stateOf(conversationId)).toBe(state);
});

/** Everything of a conversation that the other could notice. */
async function stateOf(conversationId: string): Promise<string> {
  const [row] = await server.database.sql`
    select c.last_change::float8 as change, c.last_seq::float8 as seq,
      array(select m::text from messages m where m.conversation_id = c.id order by m.seq)::text as messages
    from conversations c where c.id = ${conversationId}`;
  return JSON.stringify(row);
}

/** The archive of everything of somebody's, as the bytes that it is (stored, not packed: its words can be searched). */
async function exported(token: string): Promise<{ text: string }> {
  const answer = await fetch(`${server.url}/v1/me/export`, { headers: { authorization: `Bearer ${token}` } });
  return { text: `${answer.status} ${Buffer.from(await answer.arrayBuffer()).toString("latin1")}` };
}
