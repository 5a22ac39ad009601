import { expect, test } from "bun:test";
import { erasePersonStatements } from "../src/account/erase-person.ts";
import type { Sql } from "../src/db/sql.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer } from "../src/test-server.ts";
import { readStoredZip, signUpPerson } from "./account-kit.ts";
import { addPeople, befriendAll, call, must, openSocket, rawRequest, type Somebody } from "./api-kit.ts";
import { distribution } from "./distribution-map.ts";
import { makeApiGroup } from "./groups-kit.ts";
import { columnsHolding } from "./log-kit.ts";
import { until } from "./people.ts";
import { uploadPhoto } from "./upload-photo.ts";

const password = "a long enough password";
const canary = "Canaryname";

test("C9 R18 a deleted account: others keep what they received, from nobody; nothing of the person's own is left", async () => {
  await using server = await startTestServer();
  const { url, database } = server;
  const { sql } = database;
  const ann = await signUpPerson(url, "ann", password);
  const [ben, cleo] = (await addPeople(database, 2)) as [Somebody, Somebody];
  await befriendAll(sql, [[ann, ben]]);
  await must(url, ann, "me.update", { name: canary, bio: `${canary} lives here` });
  const picture = await photo(url, ann, 1);
  await must(url, ann, "me.update", { pictureMediaId: picture });
  const loose = await photo(url, ann, 2);
  const sent = await must(url, ann, "messages.sendToPerson", {
    personId: ben.id,
    clientId: "one",
    text: "kept",
    mediaIds: [await photo(url, ann, 3)],
  });
  const { conversationId } = sent.message;
  const group = await makeApiGroup(server, [cleo, ann, ben]);
  using socket = await openSocket(url, ann);
  await failLetters(sql, { who: ann, other: ben, address: `${canary}@Example.org` });

  expect((await call(url, ann, "me.delete", { password: "not this one" })).problem?.code).toBe("wrong_credentials");
  expect((await call(url, ann, "me.delete", { password })).status).toBe(200);
  await socket.closed;
  expect((await call(url, ann, "me.get", {})).status).toBe(401);
  expect((await call(url, null, "auth.signIn", { username: "ann", password })).status).toBe(401);

  const seen = await must(url, ben, "conversations.get", { conversationId });
  expect(seen.conversation.people[0]).toMatchObject({
    id: ann.id,
    name: "Deleted account",
    deleted: true,
    picture: null,
  });
  expect(seen.maySend).toMatchObject({ allowed: false, code: "not_accepting" });
  const { items } = await must(url, ben, "messages.list", { conversationId });
  expect(items.map((one) => [one.text, one.media.length])).toEqual([["kept", 1]]);
  const shown = items[0]?.media[0]?.renditions.full.url ?? "";
  expect((await rawRequest(url, { method: "GET", path: shown, token: ben.token })).status).toBe(200);
  const gone = [`/v1/media/${picture}/list`, `/v1/media/${loose}/full`];
  const statuses = await Promise.all(
    gone.map(async (path) => (await rawRequest(url, { method: "GET", path, token: ben.token })).status),
  );
  expect(statuses).toEqual([404, 404]);
  const asked = [
    (await call(url, ben, "people.get", { personId: ann.id })).status,
    (await call(url, ben, "people.getByUsername", { username: "ann" })).status,
    (await call(url, ben, "follows.follow", { personId: ann.id })).status,
    (await call(url, ben, "messages.send", { conversationId, clientId: "late", text: "hello?" })).status,
  ];
  expect(asked).toEqual([404, 404, 404, 403]);
  expect((await must(url, ben, "people.search", { query: canary })).items).toEqual([]);
  expect((await must(url, cleo, "conversations.get", { conversationId: group.id })).conversation.memberCount).toBe(2);
  const { searched, found } = await columnsHolding(sql, canary);
  console.log(`R18: the name of a deleted account stands in ${found.length} of ${searched} columns of the database`);
  expect(found).toEqual([]);
  const letters =
    await sql`select payload::text as payload from graphile_worker._private_jobs where last_error = 'gave up'`;
  expect(letters.map(({ payload }: { payload: string }) => payload)).toEqual([expect.stringContaining(ben.id)]);
  // The name is free for whoever comes.
  expect((await call(url, null, "auth.signUp", { username: "ann", password })).status).toBe(201);
}, 60_000);

/** What the queue keeps of letters that the mail server took from nobody: some of the person's, one of another's. */
async function failLetters(
  sql: Sql,
  { who, other, address }: { who: Somebody; other: Somebody; address: string },
): Promise<void> {
  await sql`
    insert into emails (person_id, address, verified_at) values (${who.id}, ${address.toLowerCase()}, now())`;
  const letters = [
    { task: "account:notice", given: { personId: who.id, address, kind: "password_changed" } },
    { task: "account:recover", given: { usernameOrEmail: ` ${address} ` } },
    { task: "account:recover", given: { usernameOrEmail: `@${who.username}` } },
    { task: "account:notice", given: { personId: other.id, address: "ben@example.org", kind: "password_changed" } },
  ];
  for (const { task, given } of letters)
    await sql`
      select graphile_worker.permanently_fail_jobs(array[(
        graphile_worker.add_job(${task}, ${given}::json, run_at := now() + interval '1 hour')).id], 'gave up')`;
}

test("R18 every table of a person's has its line in what a deletion erases, or a reason here", () => {
  const kept: Record<string, string> = {
    people: "the row that stays",
    person_counters: "a number",
    used_tickets: "gone in a minute",
    open_sockets: "gone with the socket",
    push_subscriptions: "gone with the session, by their foreign key",
    push_shown: "gone with the subscription",
  };
  const named = erasePersonStatements.join("\n");
  const forgotten = Object.entries(distribution)
    .filter(([, of]) => of !== "everywhere" && of.family === "person")
    .map(([table]) => table)
    .filter((table) => !(table in kept) && !named.includes(` ${table} `));
  expect(forgotten).toEqual([]);
});

test("C9 R9 R10 T6 an export holds everything of mine with its photos, and nothing that is gone", async () => {
  await using server = await startTestServer();
  const { url, database } = server;
  const [ann, ben] = (await addPeople(database, 2)) as [Somebody, Somebody];
  await befriendAll(database.sql, [[ann, ben]]);
  const send = async (who: Somebody, clientId: string, text: string, mediaIds: string[] = []) =>
    await must(url, who, "messages.sendToPerson", {
      personId: who === ann ? ben.id : ann.id,
      clientId,
      text,
      mediaIds,
    });
  for (let n = 0; n < 450; n += 1) await send(n % 3 === 0 ? ben : ann, `m${n}`, `message ${n}`);
  const photoId = await photo(url, ben, 5);
  await send(ben, "photo", "look", [photoId]);
  const { message } = await send(ben, "gone", "CANARY-unsent", [await photo(url, ben, 6)]);
  await must(url, ben, "messages.unsend", { conversationId: message.conversationId, messageId: message.id });
  const startedMs = performance.now();
  const response = await fetch(`${url}/v1/me/export`, { headers: { authorization: `Bearer ${ann.token}` } });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/zip"]);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const files = readStoredZip(bytes);
  console.log(
    `C9: ${files.size} files, ${bytes.length} bytes in ${Math.round(performance.now() - startedMs)} ms; canaries of what was unsent: ${Buffer.from(bytes).includes("CANARY") ? 1 : 0}`,
  );
  expect(Buffer.from(bytes).includes("CANARY")).toBe(false);
  const names = [...files.keys()];
  expect(names).toContain("account.json");
  const at = names.find((name) => name.endsWith("messages.json")) ?? "";
  const messages = JSON.parse(new TextDecoder().decode(files.get(at))) as { seq: number; photos: { file: string }[] }[];
  expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 452 }, (_, n) => n + 1));
  const photos = messages.flatMap((one) => one.photos.map(({ file }) => file));
  expect(photos).toEqual([`photos/${photoId}.jpg`]);
  expect(files.get(photos[0] ?? "")?.slice(0, 3)).toEqual(new Uint8Array([0xff, 0xd8, 0xff]));
  expect((await fetch(`${url}/v1/me/export`)).status).toBe(401);
  const more = await Promise.all(
    Array.from(
      { length: 3 },
      async () => await rawRequest(url, { method: "GET", path: "/v1/me/export", token: ann.token }),
    ),
  );
  expect(more.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 200, 429]);
}, 60_000);

async function photo(url: string, who: Somebody, seed: number): Promise<string> {
  return await uploadPhoto(url, who, await drawPhoto({ seed, width: 320, height: 240 }));
}

test("R18 commands that were under way while their account was deleted: what they wrote goes with it", async () => {
  await using server = await startTestServer();
  const { url, database } = server;
  const { sql } = database;
  const written: { word: string; id: string }[] = [];
  for (let round = 0; round < 4; round += 1) {
    const word = `canary${crypto.randomUUID().replaceAll("-", "")}`.slice(0, 24);
    const ann = await signUpPerson(url, `late${round}`, password);
    written.push({ word, id: ann.id });
    const [ben] = (await addPeople(database, 1)) as [Somebody];
    await befriendAll(sql, [[ann, ben]]);
    const { message } = await must(url, ann, "messages.sendToPerson", {
      personId: ben.id,
      clientId: "a",
      text: "hello",
    });
    const stop = await keepWriting(url, ann, { word, otherId: ben.id, conversationId: message.conversationId });
    await Bun.sleep(30);
    expect((await call(url, ann, "me.delete", { password })).status).toBe(200);
    await stop();
  }
  // Their minute is over.
  const due = await sql`
    select graphile_worker.reschedule_jobs(array(select id from graphile_worker.jobs where key like 'erase again %'), run_at := now())`;
  expect(due.length).toBe(written.length);
  await until(
    "the jobs are done",
    async () => (await sql`select 1 from graphile_worker.jobs where key like 'erase again %'`).length === 0,
  );
  const columns: string[] = [];
  for (const { word, id } of written) {
    columns.push(...(await columnsHolding(sql, word)).found);
    const [row] = await sql`
      select p.settings, (select count(*)::int from follows where follower_id = p.id) + (select count(*)::int from blocks where blocker_id = p.id)
        + (select count(*)::int from sessions where person_id = p.id) + (select count(*)::int from drafts where person_id = p.id) as left_over
      from people p where id = ${id}`;
    expect(row).toEqual({ settings: {}, left_over: 0 });
  }
  console.log(
    `R18: ${written.length} accounts deleted while they wrote: columns that hold what they wrote = ${columns.length}`,
  );
  expect(columns).toEqual([]);
}, 60_000);

/** Until it is stopped: the profile, a draft, settings, follows and blocks, over and over. */
async function keepWriting(
  url: string,
  who: Somebody,
  { word, otherId: personId, conversationId }: { word: string; otherId: string; conversationId: string },
): Promise<() => Promise<void>> {
  const socket = await openSocket(url, who);
  const loops = Array.from({ length: 6 }, async () => {
    while (socket.isOpen()) {
      const writtenAt = new Date().toISOString();
      await Promise.all([
        socket.call("me.update", { name: word, bio: word }),
        socket.call("conversations.saveDraft", { conversationId, text: word, replyToId: null, writtenAt }),
        socket.call("settings.update", { timeZone: "Europe/Oslo" }),
        socket.call("follows.follow", { personId }),
        socket.call("blocks.block", { personId }),
      ]);
    }
  });
  return async () => {
    await socket.closed;
    await Promise.all(loops);
    await Bun.sleep(300);
  };
}

test("T5 an export ends with its session: nothing that came after signing out is in it", async () => {
  await using server = await startTestServer();
  const { url, database } = server;
  const [ann, ben] = (await addPeople(database, 2)) as [Somebody, Somebody];
  await befriendAll(database.sql, [[ann, ben]]);
  const { message } = await must(url, ann, "messages.sendToPerson", { personId: ben.id, clientId: "a", text: "first" });
  const { conversationId } = message;
  // More than what waits between the server and a slow reader.
  await database.sql`
    insert into messages (conversation_id, seq, change, id, sender_id, client_id, fingerprint, text, created_at)
    select ${conversationId}, g, g, gen_random_uuid(), ${ben.id}, 'x' || g, 'none', repeat('y', 20000), now()
    from generate_series(2, 1500) g`;
  await database.sql`update conversations set last_seq = 1500, last_change = 1500 where id = ${conversationId}`;
  const response = await fetch(`${url}/v1/me/export`, { headers: { authorization: `Bearer ${ann.token}` } });
  const reader = response.body?.getReader();
  await reader?.read();
  await must(url, ann, "auth.signOut", {});
  await must(url, ben, "messages.send", { conversationId, clientId: "late", text: "CANARY-after-signing-out" });
  let [ended, bytes, canaries] = ["whole", 0, 0];
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      bytes += read.value.length;
      if (Buffer.from(read.value).includes("CANARY")) canaries += 1;
    }
  } catch {
    ended = "broken off";
  }
  console.log(
    `T5: an export whose session was ended: ${ended} after ${bytes} bytes more, ${canaries} later messages in it`,
  );
  expect([ended, canaries]).toEqual(["broken off", 0]);
}, 60_000);
