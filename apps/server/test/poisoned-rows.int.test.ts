import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addPeople, addReadyPhotos, addTwo, befriendAll, call, must, openSocket, type Somebody } from "./api-kit.ts";
import { makeApiGroup, somePeople } from "./groups-kit.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()), 60_000);
afterAll(async () => await server.stop(), 60_000);

const length = 12;

/** What a disk or a hand could leave in a message's row; each restores what it took. */
const messagePoisons: Record<string, string> = {
  "a time without end": "created_at = 'infinity'",
  "a time before all": "created_at = '-infinity'",
  "a year of five digits": "created_at = '20000-01-01'",
  "a year before ours": "created_at = '0044-03-15 BC'",
  "unsent for ever": "unsent_at = 'infinity', text = ''",
  "a sender who is not there": "sender_id = gen_random_uuid()",
  "a photo that is not there": "has_media = true",
  "a client id of nobody": "client_id = ''",
};

test("T30 a damaged message at each position: every page, every change and every list brings the rest", async () => {
  const { viewer, conversationId, mediaSeq } = await makeHistory();
  const whole = await readAll(viewer, conversationId);
  expect(whole.messages).toHaveLength(length);
  const poisons = [
    ...Object.entries(messagePoisons).map(([name, set]) => ({ name, set, table: "messages" })),
    { name: "a photo without a placeholder", set: "placeholder = null", table: "media" },
    { name: "a photo without a size", set: "width = null", table: "media" },
  ];
  const [lost, faults]: [string[], string[]] = [[], []];
  let attempts = 0;
  for (const { name, set, table } of poisons) {
    for (let seq = 1; seq <= length; seq++) {
      if (table === "media" && seq !== mediaSeq) continue;
      await poisoned({ table, set, conversationId, seq }, async () => {
        const found = await readAll(viewer, conversationId);
        attempts += 1;
        faults.push(...found.faults.map((fault) => `${name} at ${seq}: ${fault}`));
        for (const message of whole.messages)
          if (message.seq !== seq && JSON.stringify(found.messages[message.seq - 1]) !== JSON.stringify(message))
            lost.push(`${name} at ${seq}: message ${message.seq}`);
        if (found.messages.length !== length) lost.push(`${name} at ${seq}: ${found.messages.length} of ${length}`);
      });
    }
  }
  expect((await readAll(viewer, conversationId)).messages).toEqual(whole.messages);
  console.log(
    `T30: ${attempts} damaged messages, one at each position: ${faults.length} answers that were faults, ${lost.length} other messages lost or changed`,
  );
  expect({ lost, faults }).toEqual({ lost: [], faults: [] });
}, 120_000);

test("T30 the damaged message itself stands marked in its place", async () => {
  const { viewer, conversationId } = await makeHistory();
  await poisoned({ table: "messages", set: "created_at = 'infinity'", conversationId, seq: 5 }, async () => {
    const { items } = await must(server.url, viewer, "messages.list", { conversationId });
    expect(items[4]).toMatchObject({ seq: 5, text: "text 5", damaged: true, createdAt: "1970-01-01T00:00:00.000Z" });
    expect(items.filter((one) => one.damaged)).toHaveLength(1);
  });
});

test("T30 a damaged inbox row at each position of a list: the folder, its pages and sync bring the rest", async () => {
  const conversations = 8;
  const [viewer, ...others] = (await addPeople(server.database, conversations + 1)) as [Somebody, ...Somebody[]];
  await befriendAll(
    server.database.sql,
    others.map((other) => [viewer, other] as const),
  );
  for (const other of others)
    await must(server.url, other, "messages.sendToPerson", { personId: viewer.id, clientId: "a", text: "hello" });
  await settled(viewer);
  const { sql } = server.database;
  const whole = await readList(viewer);
  expect(whole.ids.size).toBe(conversations);
  const poisons: Record<string, string> = {
    "active without end": "update inbox set activity_at = 'infinity' where person_id = $1 and conversation_id = $2",
    "active before all": "update inbox set activity_at = '-infinity' where person_id = $1 and conversation_id = $2",
    "active in the year 20000":
      "update inbox set activity_at = '20000-01-01' where person_id = $1 and conversation_id = $2",
    "muted without end": "update inbox set muted_until = 'infinity' where person_id = $1 and conversation_id = $2",
    "a row of a conversation that is not there":
      "insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at) select person_id, gen_random_uuid(), 'inbox', counter, 0, 0, activity_at from inbox where person_id = $1 and conversation_id = $2",
    "a last message in the year 20000":
      "update messages set created_at = '20000-01-01' where conversation_id = $2 and $1::uuid is not null",
    "no last message": "delete from messages where conversation_id = $2 and $1::uuid is not null",
    "nobody on the other side":
      "update members set person_id = gen_random_uuid() where conversation_id = $2 and person_id <> $1",
  };
  const [lost, faults]: [string[], string[]] = [[], []];
  let attempts = 0;
  for (const [name, statement] of Object.entries(poisons)) {
    for (const id of whole.ids) {
      const kept = await keep(viewer.id, id);
      await sql.unsafe(statement, [viewer.id, id]);
      const found = await readList(viewer);
      attempts += 1;
      faults.push(...found.faults.map((fault) => `${name}: ${fault}`));
      for (const other of whole.ids) if (other !== id && !found.ids.has(other)) lost.push(`${name}: ${other}`);
      await kept.restore();
    }
  }
  console.log(
    `T30: ${attempts} damaged rows of an inbox of ${conversations}, one at each position: ${faults.length} answers that were faults, ${lost.length} other conversations lost`,
  );
  expect({ lost, faults }).toEqual({ lost: [], faults: [] });
}, 120_000);

test("T30 what a damaged row keeps out of the inbox's write does not keep out the others", async () => {
  const [bad, ...good] = (await addPeople(server.database, 11)) as [Somebody, ...Somebody[]];
  const { sql } = server.database;
  await befriendAll(
    sql,
    good.map((one) => [bad, one] as const),
  );
  const ids: string[] = [];
  const firsts: string[] = [];
  for (const one of good) {
    const { message } = await must(server.url, bad, "messages.sendToPerson", {
      personId: one.id,
      clientId: one.id,
      text: "first",
    });
    ids.push(message.conversationId);
    firsts.push(message.id);
  }
  await settled(bad);
  // One conversation whose change cannot be counted on: its members' counters are at the end of all numbers.
  const [first] = good;
  await sql`update person_counters set counter = 9223372036854775807 where person_id = ${first?.id ?? ""}`;
  for (const [n, conversationId] of ids.entries())
    await must(server.url, bad, "messages.send", { conversationId, clientId: `second${n}`, text: "second" });
  // And one whose newest message is of no time: it may not stay on top of the list for ever.
  await sql`update messages set created_at = 'infinity' where conversation_id = ${ids[1] ?? ""}`;
  await must(server.url, bad, "messages.unsend", { conversationId: ids[1] ?? "", messageId: firsts[1] ?? "" });
  const behind = async () => {
    const rows = await sql`
      select c.id from inbox i join conversations c on c.id = i.conversation_id
      where i.change < c.last_change and c.id = any(${sql.array(ids, "UUID")}::uuid[])`;
    return rows.map((row: { id: string }) => row.id);
  };
  await until("all but one are written", async () => (await behind()).length <= 1);
  console.log(`T30: 10 conversations to write into inboxes, 1 that cannot be: ${10 - (await behind()).length} written`);
  expect(await behind()).toEqual([ids[0] ?? ""]);
  const endless = await sql`select 1 from inbox where conversation_id = ${ids[1] ?? ""} and not isfinite(activity_at)`;
  expect(endless).toHaveLength(0);
});

test("T30 one member of a group whose inbox takes no change: the other members' do", async () => {
  const people = await somePeople(server, 12);
  const [creator, bad] = people;
  const { id: conversationId } = await makeApiGroup(server, people);
  await settled(creator);
  const { sql } = server.database;
  await sql`update person_counters set counter = 9223372036854775807 where person_id = ${bad.id}`;
  await must(server.url, creator, "messages.send", { conversationId, clientId: "a", text: "hello" });
  const behind = async () => {
    const rows = await sql`
      select i.person_id as id from inbox i join conversations c on c.id = i.conversation_id
      where c.id = ${conversationId} and i.change < c.last_change`;
    return rows.map((row: { id: string }) => row.id);
  };
  await until("all others are written", async () => (await behind()).length <= 1);
  console.log(
    `T30: a group of ${people.length}, one whose inbox takes no change: ${people.length - (await behind()).length} written`,
  );
  expect(await behind()).toEqual([bad.id]);
});

test("T30 a conversation whose last number is behind its log: the others' sends in the same batch go through", async () => {
  const [one, other] = await addTwo(server.database);
  const [third, fourth] = await addTwo(server.database);
  await befriendAll(server.database.sql, [
    [one, other],
    [third, fourth],
  ]);
  const first = { clientId: "first", text: "first" };
  const bad = await must(server.url, one, "messages.sendToPerson", { ...first, personId: other.id });
  const good = await must(server.url, third, "messages.sendToPerson", { ...first, personId: fourth.id });
  await server.database.sql`update conversations set last_seq = 0 where id = ${bad.conversation.id}`;
  using badSocket = await openSocket(server.url, one);
  using goodSocket = await openSocket(server.url, third);
  const refused = { bad: 0, good: 0 };
  for (let n = 0; n < 10; n += 1) {
    const again = { clientId: `c${n}`, text: "again" };
    // In one breath, so that one batch takes both.
    const [ofBad, ofGood] = await Promise.all([
      badSocket.call("messages.send", { ...again, conversationId: bad.conversation.id }),
      goodSocket.call("messages.send", { ...again, conversationId: good.conversation.id }),
    ]);
    if (ofBad.error) refused.bad += 1;
    if (ofGood.error) refused.good += 1;
  }
  expect(refused).toEqual({ bad: 10, good: 0 });
});

test("T30 a damaged job is given up, and the photo behind it gets ready", async () => {
  const { sql } = server.database;
  for (const payload of [{}, { mediaId: "none" }, { mediaId: 7 }, { mediaId: Bun.randomUUIDv7() }, []])
    await sql`select graphile_worker.add_job('media:process', ${payload}::json, max_attempts := 2)`;
  await sql`select graphile_worker.add_job('no:such:task', ${{}}::json, max_attempts := 1)`;
  const [who] = (await addPeople(server.database, 1)) as [Somebody];
  const { drawPhoto } = await import("../src/media/drawn-photo.ts");
  const body = new Uint8Array(await drawPhoto({ seed: 5, width: 64, height: 48 }));
  const created = await fetch(`${server.url}/v1/uploads`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${who.token}`,
      "tus-resumable": "1.0.0",
      "upload-length": String(body.length),
      "content-type": "application/offset+octet-stream",
    },
    body,
  });
  const mediaId = created.headers.get("location")?.split("/").at(-1) ?? "";
  await until("ready", async () => (await must(server.url, who, "media.get", { mediaId })).state === "ready");
});

async function makeHistory() {
  const [viewer, other] = (await addPeople(server.database, 2)) as [Somebody, Somebody];
  await befriendAll(server.database.sql, [[viewer, other]]);
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [other.id]);
  const mediaSeq = 4;
  let conversationId = "";
  for (let n = 1; n <= length; n++) {
    const { message } = await must(server.url, n % 3 === 0 ? viewer : other, "messages.sendToPerson", {
      personId: n % 3 === 0 ? other.id : viewer.id,
      clientId: `m${n}`,
      text: `text ${n}`,
      ...(n === mediaSeq && { mediaIds: [mediaId] }),
    });
    ({ conversationId } = message);
  }
  await settled(viewer);
  return { viewer, conversationId, mediaSeq };
}

/** The statement runs, `work` looks, and the row is what it was. */
async function poisoned(
  at: { table: string; set: string; conversationId: string; seq: number },
  work: () => Promise<void>,
): Promise<void> {
  const { sql } = server.database;
  const where =
    at.table === "messages"
      ? `conversation_id = '${at.conversationId}' and seq = ${at.seq}`
      : `id in (select media_id from message_media where conversation_id = '${at.conversationId}')`;
  const kept = `kept_${Bun.randomUUIDv7().replaceAll("-", "")}`;
  await sql.unsafe(`create table ${kept} as select * from ${at.table} where ${where}`);
  await sql.unsafe(`update ${at.table} set ${at.set} where ${where}`);
  try {
    await work();
  } finally {
    await sql.unsafe(
      `delete from ${at.table} where ${where}; insert into ${at.table} select * from ${kept}; drop table ${kept}`,
    );
  }
}

/** Everything of the conversation, by each way to ask, in pages of five; what failed has its name. */
async function readAll(viewer: Somebody, conversationId: string) {
  const faults: string[] = [];
  const asked = async <T>(
    name: string,
    answer: Promise<{ status: number; ok: T; text: string }>,
  ): Promise<T | null> => {
    const { status, ok, text } = await answer;
    if (status < 400) return ok;
    faults.push(`${name}: ${status} ${text.slice(0, 100)}`);
    return null;
  };
  const { url } = server;
  const messages: Message[] = [];
  for (let after = 0; ;) {
    const page = await asked("messages.list", call(url, viewer, "messages.list", { conversationId, after, limit: 5 }));
    messages.push(...(page?.items ?? []));
    after = page?.items.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
    if (!page?.hasNewer) break;
  }
  const changes = await asked("messages.changes", call(url, viewer, "messages.changes", { conversationId, after: 0 }));
  const others: Conversation[] = [];
  others.push(...((await asked("sync.pull", call(url, viewer, "sync.pull", {})))?.conversations ?? []));
  others.push(...((await asked("conversations.list", call(url, viewer, "conversations.list", {})))?.items ?? []));
  await asked("conversations.get", call(url, viewer, "conversations.get", { conversationId }));
  if (changes?.items.length !== messages.length) faults.push(`${changes?.items.length} changes`);
  if (others.filter(({ id }) => id === conversationId).length !== 2)
    faults.push("the conversation is missing from a list");
  return { messages, faults };
}

async function readList(viewer: Somebody) {
  const faults: string[] = [];
  const ids = new Set<string>();
  for (let cursor: string | undefined; ;) {
    const { status, ok, text } = await call(server.url, viewer, "conversations.list", {
      limit: 3,
      ...(cursor && { cursor }),
    });
    if (status >= 400) {
      faults.push(`conversations.list: ${text.slice(0, 120)}`);
      break;
    }
    for (const one of ok.items) ids.add(one.id);
    if (ok.next === null) break;
    cursor = ok.next;
  }
  const pulled = await call(server.url, viewer, "sync.pull", {});
  if (pulled.status >= 400) faults.push(`sync.pull: ${pulled.text.slice(0, 120)}`);
  else for (const id of ids) if (!pulled.ok.conversations.some((one) => one.id === id)) faults.push("sync lacks one");
  return { ids, faults };
}

/** The rows of one conversation as they are, to be put back. */
async function keep(personId: string, conversationId: string) {
  const { sql } = server.database;
  const tables = ["inbox", "members", "messages"] as const;
  const kept: string[] = [];
  for (const table of tables) {
    const name = `kept_${table}_${Bun.randomUUIDv7().replaceAll("-", "")}`;
    kept.push(name);
    await sql.unsafe(`create table ${name} as select * from ${table} where conversation_id = '${conversationId}'`);
  }
  return {
    async restore() {
      for (const [n, table] of tables.entries()) {
        await sql.unsafe(
          `delete from ${table} where conversation_id = '${conversationId}'; insert into ${table} select * from ${kept[n]}; drop table ${kept[n]}`,
        );
      }
      await sql`delete from inbox i where i.person_id = ${personId}
        and not exists (select 1 from conversations c where c.id = i.conversation_id)`;
    },
  };
}

async function settled(who: Somebody): Promise<void> {
  await until("the inbox is written", async () => {
    const behind = await server.database.sql`
      select 1 from inbox i join conversations c on c.id = i.conversation_id
      where i.person_id = ${who.id} and i.change < c.last_change`;
    return behind.length === 0;
  });
  await Bun.sleep(300);
}
