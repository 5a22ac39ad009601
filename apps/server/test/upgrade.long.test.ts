import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { migrate, migrationsDir, readMigrations, type Migration } from "../src/db/migrate.ts";
import type { Sql } from "../src/db/sql.ts";
import { openBlobs } from "../src/deps.ts";
import { silentLog } from "../src/log.ts";
import { testConfig } from "../src/test-server.ts";
import { addPeople, must, type Somebody } from "./api-kit.ts";
import { emptyPlace, serve, signInAgain, type Place } from "./backup-kit.ts";

/** What version 0.1.0 made: the last that people have. */
const released = (one: Migration) => one.name < "0004";
const all = readMigrations(migrationsDir);
const photo = new TextEncoder().encode("the bytes of a photo from before");

interface Old {
  people: [Somebody, Somebody, Somebody];
  directId: string;
  requestId: string;
  mediaId: string;
}

test("an upgrade from the last release: everything that was there is read, taken back and answered", async () => {
  await using place = await emptyPlace();
  const old = await fillReleased(place);
  const before = await signInAgain(place, old.people[0]);
  await migrate(place.database.sql, silentLog());
  const server = await serve(place);
  const { directId, requestId, mediaId } = old;
  const listed = await must(server.url, before, "conversations.list", { folder: "inbox" });
  expect(listed.items.map(({ id, lastSeq, unread }) => ({ id, lastSeq, unread }))).toEqual([
    { id: directId, lastSeq: 42, unread: 21 },
  ]);
  const { items } = await must(server.url, before, "messages.list", { conversationId: directId, limit: 200 });
  const texts = items.toSorted((a, b) => a.seq - b.seq).map((item) => (item.unsentAt === null ? item.text : "gone"));
  expect(texts).toEqual(Array.from({ length: 42 }, (_, n) => (n === 6 ? "gone" : `message ${n + 1}`)));
  expect(new Set(items.map((item) => item.id)).size).toBe(42);

  const withPhoto = items.find((item) => item.seq === 9);
  const bytes = await fetch(`${server.url}${withPhoto?.media[0]?.renditions.full.url}`, {
    headers: { authorization: `Bearer ${before.token}` },
  });
  expect(new Uint8Array(await bytes.arrayBuffer())).toEqual(photo);
  const requests = await must(server.url, before, "conversations.list", { folder: "requests" });
  expect(requests.items.map((one) => one.id)).toEqual([requestId]);

  const own = items.find((item) => item.seq === 1);
  const tombstone = await must(server.url, before, "messages.unsend", {
    conversationId: directId,
    messageId: own?.id ?? "",
  });
  expect(tombstone).toMatchObject({ seq: 1, text: "" });
  const sent = await must(server.url, before, "messages.send", {
    conversationId: directId,
    clientId: "new",
    text: "new",
  });
  expect(sent.seq).toBe(43);
  await must(server.url, before, "messages.unsend", { conversationId: directId, messageId: withPhoto?.id ?? "" });
  expect((await place.database.sql`select 1 from media where id = ${mediaId}`).length).toBe(0);
  // A client of before starts anew: ids and cursors may have changed (R15).
  const first = await must(server.url, before, "sync.pull", {});
  expect(first.conversations.map((one) => one.id).toSorted()).toEqual([directId, requestId].toSorted());
  await server.stop();
}, 60_000);

test("a migration that fails in the middle leaves what was there, and the same start succeeds when it is mended", async () => {
  await using place = await emptyPlace();
  await fillReleased(place);
  const { sql } = place.database;
  const broken: Migration = {
    name: "9998-broken",
    sql: "create table half_made (id uuid primary key); update messages set text = 'lost'; select 1 / 0; create table never (id uuid)",
    breaking: false,
    sha256: createHash("sha256").update("broken").digest("hex"),
  };
  await migrate(sql, silentLog());
  const before = await stateOf(sql);
  await expect(migrate(sql, silentLog(), [...all, broken])).rejects.toThrow("division by zero");
  expect(await stateOf(sql)).toEqual(before);
  const mended = { ...broken, sql: "create table half_made (id uuid primary key)" };
  await migrate(sql, silentLog(), [...all, mended]);
  expect((await stateOf(sql)).tables).toContain("half_made");
  expect((await stateOf(sql)).texts).toBe(before.texts);
}, 60_000);

test("every migration of this version fails whole: broken at its end, it leaves the schema as it found it", async () => {
  await using place = await emptyPlace();
  const { sql } = place.database;
  await fillReleased(place);
  let tried = 0;
  for (const [at, migration] of all.entries()) {
    if (released(migration)) continue;
    const before = await stateOf(sql);
    const broken = { ...migration, sql: `${migration.sql};\nselect 1 / 0;` };
    await expect(migrate(sql, silentLog(), [...all.slice(0, at), broken])).rejects.toThrow("division by zero");
    expect(await stateOf(sql)).toEqual(before);
    await migrate(sql, silentLog(), all.slice(0, at + 1));
    tried += 1;
  }
  console.log(`upgrade: ${tried} migrations broken at their end, each left what was there`);
  expect(tried).toBeGreaterThan(0);
}, 60_000);

/** Tables with their columns, indexes, what was applied, and a sum over the words. */
async function stateOf(sql: Sql) {
  const columns: { it: string }[] = await sql`
    select table_name || '.' || column_name || ' ' || data_type as it from information_schema.columns
    where table_schema = 'public' order by 1`;
  const indexes: { it: string }[] =
    await sql`select indexdef as it from pg_indexes where schemaname = 'public' order by 1`;
  const applied: { it: string }[] = await sql`select name as it from migrations order by 1`;
  const [{ texts }] =
    await sql`select md5(string_agg(id::text || text, ',' order by conversation_id, seq)) as texts from messages`;
  const listOf = (rows: { it: string }[]) => rows.map((row) => row.it);
  const tables = [...new Set(listOf(columns).map((it) => it.split(".")[0]))];
  return { tables, columns: listOf(columns), indexes: listOf(indexes), applied: listOf(applied), texts };
}

/** A community as version 0.1.0 wrote it: two friends with 42 messages, one taken back, one with a photo; and a request. */
async function fillReleased(place: Place): Promise<Old> {
  const { sql } = place.database;
  await sql.unsafe("drop schema public cascade; create schema public").simple();
  await sql.unsafe("drop schema if exists graphile_worker cascade");
  await migrate(sql, silentLog(), all.filter(released));
  const people = (await addPeople(place.database, 3)) as Old["people"];
  const [one, other, stranger] = people;
  const directId = await addDirect(sql, [one, other], {
    state: "accepted",
    requestedBy: null,
    messages: 42,
    folder: "inbox",
  });
  const requestId = await addDirect(sql, [stranger, one], {
    state: "request",
    requestedBy: stranger.id,
    messages: 1,
    folder: "requests",
  });
  await sql`
    update messages set text = '', fingerprint = null, unsent_at = now(), change = 43 where conversation_id = ${directId} and seq = 7`;
  await sql`update conversations set last_change = 43 where id = ${directId}`;
  await sql`update inbox set change = 43, read_seq = 1 where conversation_id = ${directId}`;
  const mediaId = await addPhoto(place, { ownerId: one.id, conversationId: directId, seq: 9 });
  await sql`insert into meta (key, value) values ('epoch', ${Bun.randomUUIDv7()})`;
  return { people, directId, requestId, mediaId };
}

async function addDirect(
  sql: Sql,
  [from, to]: readonly [Somebody, Somebody],
  made: { state: string; requestedBy: string | null; messages: number; folder: string },
): Promise<string> {
  const id = Bun.randomUUIDv7();
  const [low, high] = [from.id, to.id].toSorted();
  await sql`
    insert into conversations (id, kind, low_id, high_id, state, requested_by, requested_at, last_seq, last_change, created_at)
    values (${id}, 'direct', ${low}, ${high}, ${made.state}, ${made.requestedBy}, now(), ${made.messages}, ${made.messages}, now())`;
  for (const { id: personId } of [from, to]) {
    const folder = personId === from.id ? "inbox" : made.folder;
    await sql`insert into members (conversation_id, person_id, joined_at) values (${id}, ${personId}, now())`;
    await sql`
      insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
      values (${personId}, ${id}, ${folder}, 1, ${made.messages}, ${made.messages}, now())`;
    await sql`update person_counters set counter = counter + 1 where person_id = ${personId}`;
  }
  for (let seq = 1; seq <= made.messages; seq += 1)
    await sql`
      insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, change, created_at)
      values (${id}, ${seq}, ${Bun.randomUUIDv7()}, ${seq % 2 === 1 ? from.id : to.id}, ${`c${seq}`}, 'print', ${`message ${seq}`}, ${seq}, now())`;
  return id;
}

async function addPhoto(
  { database: { sql }, dataDir }: Place,
  at: { ownerId: string; conversationId: string; seq: number },
): Promise<string> {
  const id = Bun.randomUUIDv7();
  const blobs = await openBlobs(testConfig({ dataDir }), { log: silentLog() });
  await sql`
    insert into media (id, owner_id, state, width, height, placeholder, created_at, ready_at)
    values (${id}, ${at.ownerId}, 'ready', 40, 30, 'AAAA', now(), now())`;
  for (const name of ["list", "full", "original"]) {
    const key = `media/${id}/${name}`;
    await blobs.put(key, photo);
    await sql`
      insert into renditions (media_id, name, blob_key, mime_type, width, height, size_bytes, sha256)
      values (${id}, ${name}, ${key}, 'image/webp', 40, 30, ${photo.length}, ${createHash("sha256").update(photo).digest("hex")})`;
  }
  await sql`
    insert into message_media (conversation_id, seq, position, media_id) values (${at.conversationId}, ${at.seq}, 0, ${id})`;
  await sql`update messages set has_media = true where conversation_id = ${at.conversationId} and seq = ${at.seq}`;
  return id;
}
