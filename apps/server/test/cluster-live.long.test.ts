import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { addPeople, befriendAll, call, must, openSocket, type Somebody } from "./api-kit.ts";
import { startCluster, type Cluster, type ClusterNode } from "./cluster-kit.ts";
import { noBroker } from "./nats-kit.ts";
import { until } from "./people.ts";

/** What people show of themselves, and what time does to messages, where the two of them are on different nodes. */
describe.skipIf(noBroker !== null)(`C8 and C19 over two nodes${noBroker === null ? "" : `: ${noBroker}`}`, () => {
  let cluster: Cluster;
  let first: ClusterNode;
  let second: ClusterNode;
  let one: Somebody;
  let other: Somebody;
  let conversationId: string;

  beforeAll(async () => {
    cluster = await startCluster({ nodes: 2 });
    [first, second] = cluster.nodes as [ClusterNode, ClusterNode];
    [one, other] = (await addPeople(cluster.database, 2)) as [Somebody, Somebody];
    await befriendAll(cluster.database.sql, [[one, other]]);
    const shown = { typing: true, readReceipts: true, presence: true };
    for (const who of [one, other]) await must(first.url, who, "settings.update", shown);
    const sent = await must(first.url, one, "messages.sendToPerson", { personId: other.id, clientId: "c", text: "hi" });
    conversationId = sent.conversation.id;
  }, 120_000);
  afterAll(async () => await cluster.stop(), 60_000);

  test("C8 typing, a read marker and presence reach somebody on another node, and drafts clear from either", async () => {
    using here = await openSocket(first.url, one);
    const there = await openSocket(second.url, other);
    const presence = async () => (await must(first.url, one, "people.presence", { personIds: [other.id] })).items[0];
    await until("the other is here", async () => (await presence())?.online === true);
    await there.call("conversations.typing", { conversationId, typing: true });
    await there.call("conversations.markRead", { conversationId, seq: 1 });
    await until("both hints came", () =>
      ["typing", "read"].every((kind) => here.events.some(({ event }) => event === kind)),
    );
    const writtenAt = new Date().toISOString();
    await must(second.url, one, "conversations.saveDraft", {
      conversationId,
      text: "well",
      replyToId: null,
      writtenAt,
    });
    await must(first.url, one, "messages.send", { conversationId, clientId: "d", text: "well" });
    const draft = async () => (await must(second.url, one, "conversations.get", { conversationId })).conversation.draft;
    await until("the draft is gone", async () => (await draft()) === null);
    there.close();
    await until("the other is gone", async () => (await presence())?.online === false);
    await until("when they were here is known", async () => (await presence())?.lastSeenAt !== null);
  }, 60_000);

  test("C19 the node on which it was opened is killed within the minute: it goes all the same, and once", async () => {
    const input = { conversationId, clientId: "once", text: "psst", viewOnce: true };
    const sent = await must(first.url, one, "messages.send", input);
    const at = { conversationId, messageId: sent.id };
    using watching = await openSocket(first.url, one);
    expect((await must(second.url, other, "messages.openOnce", at)).text).toBe("psst");
    await second.kill();
    await cluster.database.sql`update once_views set expires_at = now()`;
    await until("it is gone", async () => (await must(first.url, one, "messages.get", at)).gone === "opened");
    await second.start();
    expect((await call(second.url, other, "messages.openOnce", at)).problem?.code).toBe("expired");
    await until("its sender was told", () =>
      watching.events.some((event) => event.event === "message.changed" && event.message.gone === "opened"),
    );
  }, 60_000);

  test("C19 two workers take what expired at the same time: each message goes once, with one number", async () => {
    await must(first.url, one, "conversations.setDisappearing", { conversationId, afterSeconds: 3_600 });
    const count = 150;
    for (let n = 0; n < count; n += 1)
      await must(n % 2 === 0 ? first.url : second.url, one, "messages.send", {
        conversationId,
        clientId: `m${n}`,
        text: "x",
      });
    const { sql } = cluster.database;
    await sql`update messages set expires_at = now() where conversation_id = ${conversationId} and expires_at is not null`;
    await until("all are gone", async () => {
      const left =
        await sql`select 1 from messages where conversation_id = ${conversationId} and expires_at is not null`;
      return left.length === 0;
    });
    const [row] = await sql`
      select count(*)::int as gone, count(distinct change)::int as changes from messages
      where conversation_id = ${conversationId} and extras->>'gone' = 'expired'`;
    console.log(`C19: two workers, ${row.gone} expired, ${row.gone - row.changes} with a number of another`);
    expect({ gone: row.gone, changes: row.changes }).toEqual({ gone: count, changes: count });
  }, 60_000);
});
