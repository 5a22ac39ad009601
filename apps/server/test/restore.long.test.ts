import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "bun:test";
import type { Database } from "../src/db/connect.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addPeople, befriendAll, call, must, type Somebody } from "./api-kit.ts";
import {
  backUp,
  bringLedger,
  emptyPlace,
  filesHolding,
  freshFolder,
  openBackup,
  restoreInto,
  sendAllTheTime,
  serve,
  signInAgain,
} from "./backup-kit.ts";
import { uploadPhoto } from "./upload-photo.ts";
import { columnsHolding } from "./log-kit.ts";

const canary = "CANARY-under-the-third-stone";

test("R9 R15 R16 R20 T36 a backup while everybody sends, restored elsewhere: whole, and what was taken back since stays so", async () => {
  await using folder = await freshFolder();
  await using here = await emptyPlace();
  const server = await serve(here);
  const people = await addPeople(here.database, 4);
  const [ann, ben, cleo, dan] = people as [Somebody, Somebody, Somebody, Somebody];
  await befriendAll(here.database.sql, [
    [ann, ben],
    [cleo, dan],
  ]);
  const [one, two] = [await open(server.url, ann, ben), await open(server.url, cleo, dan)];
  const photo = async (who: Somebody, conversationId: string, seed: number) => {
    const mediaId = await uploadPhoto(server.url, who, await drawPhoto({ seed, width: 320, height: 240, exif: true }));
    return await must(server.url, who, "messages.send", {
      conversationId,
      clientId: `photo-${seed}`,
      mediaIds: [mediaId],
    });
  };
  const kept = [await photo(ann, one, 1), await photo(cleo, two, 2)];
  const takenBack = await photo(ben, one, 3);
  const words = await must(server.url, ben, "messages.send", { conversationId: one, clientId: "canary", text: canary });
  const removed = await uploadPhoto(server.url, dan, await drawPhoto({ seed: 4, width: 320, height: 240 }));
  const { cursor } = await must(server.url, ann, "sync.pull", {});
  const quarantined = `${canary} raw`;
  mkdirSync(join(here.dataDir, "quarantine"), { recursive: true });
  writeFileSync(join(here.dataDir, "quarantine", "raw"), quarantined);
  const gone = await Promise.all(
    [...Object.values(takenBack.media[0]?.renditions ?? {}), ...(await renditionsOf(here.database, removed))].map(
      async ({ url }) => await bytesOf(server.url + url, url.includes(removed) ? dan : ben),
    ),
  );
  expect(gone).toHaveLength(6);

  const lanes = [ann, ben].map((who) => ({ who, conversationId: one }));
  const load = sendAllTheTime(server.url, [...lanes, { who: cleo, conversationId: two }]);
  await Bun.sleep(300);
  const beganMs = Date.now();
  const dir = join(folder.dir, "today");
  const manifest = await backUp(here, dir);
  const backupMs = Date.now() - beganMs;
  await Bun.sleep(200);
  await must(server.url, ben, "messages.unsend", { conversationId: one, messageId: takenBack.id });
  await must(server.url, ben, "messages.unsend", { conversationId: one, messageId: words.id });
  await must(server.url, dan, "media.remove", { mediaId: removed });
  await load.stop();
  await server.stop();

  await using there = await emptyPlace();
  bringLedger(here, there);
  const restoreBeganMs = Date.now();
  const restored = await restoreInto(there, dir);
  const restoreMs = Date.now() - restoreBeganMs;

  const sql = there.database.sql;
  const stored: { id: string; text: string; unsent: boolean }[] = await sql`
    select id, text, unsent_at is not null as unsent from messages`;
  const byId = new Map(stored.map((row) => [row.id, row]));
  const before = load.sent.filter(({ atMs }) => atMs < beganMs);
  const missing = before.filter(({ message }) => {
    const row = byId.get(message.id);
    return !row || (row.text !== message.text && !load.unsent.has(message.id));
  });
  const back = stored.filter(({ id, unsent }) => load.unsent.has(id) && !unsent);
  const [{ gaps }] = await sql`
    select count(*)::int as gaps from conversations c
    where c.last_seq <> (select count(*) from messages m where m.conversation_id = c.id)
      or c.last_seq <> coalesce((select max(seq) from messages m where m.conversation_id = c.id), 0)
      or c.last_change < coalesce((select max(change) from messages m where m.conversation_id = c.id), 0)`;
  const [{ behind }] = await sql`
    select count(*)::int as behind from inbox i join conversations c on c.id = i.conversation_id
    where i.change <> c.last_change or i.last_seq <> c.last_seq
      or i.activity_at <> (select created_at from messages m where m.conversation_id = c.id and m.seq = c.last_seq)`;
  const inDatabase = await columnsHolding(sql, canary);
  const inFiles = filesHolding(there.dataDir, [...gone, Buffer.from(canary)]);
  const inBackupRaw = filesHolding(dir, [...gone, Buffer.from(canary)]);
  const opened = await openBackup(dir);
  console.log(
    `backup ${backupMs} ms beside ${load.sent.length} sends (${before.length} acknowledged before it), ${manifest.photos.kept} files of photos; restore ${restoreMs} ms.\n` +
      `acknowledged before the snapshot and missing ${missing.length}, gaps ${gaps}, inbox rows unlike a recount ${behind}, taken back and there again ${back.length}\n` +
      `T36: canaries after the restore: ${inDatabase.found.length} in ${inDatabase.searched} columns, ${inFiles.found.length} in ${inFiles.searched} files; ` +
      `in the backup as it lies there: ${inBackupRaw.found.length} in ${inBackupRaw.searched} files`,
  );
  expect(before.length).toBeGreaterThan(10);
  expect({ missing, back, gaps, behind }).toEqual({ missing: [], back: [], gaps: 0, behind: 0 });
  expect([inDatabase.found, inFiles.found, inBackupRaw.found]).toEqual([[], [], []]);
  expect(restored).toMatchObject({ photosRemoved: 2 });
  expect(restored.unsent).toBeGreaterThanOrEqual(2);
  // The backup holds what there was, and what was there of raw uploads is not in it (R20).
  expect(opened.includes(canary)).toBe(true);
  expect(opened.includes(quarantined)).toBe(false);

  expect(await unlikeTheirRows(there)).toEqual([]);
  const again = await serve(there);
  const annAgain = await signInAgain(there, ann);
  expect((await call(again.url, ann, "sync.pull", {})).status).toBe(401);
  expect((await must(again.url, annAgain, "sync.pull", { cursor })).reload).toBe(true);
  const shown = kept[0]?.media[0]?.renditions.original.url ?? "";
  expect((await bytesOf(again.url + shown, annAgain)).length).toBeGreaterThan(0);
  const next = await must(again.url, annAgain, "messages.send", { conversationId: one, clientId: "after", text: "on" });
  const { items } = await must(again.url, annAgain, "messages.list", { conversationId: one });
  expect(items.some((item) => item.id === next.id)).toBe(true);
  await again.stop();
}, 120_000);

test("R9 after a restore a place in the log may be another message's: the ledger does not take that one back", async () => {
  await using folder = await freshFolder();
  await using here = await emptyPlace();
  let server = await serve(here);
  const [ann, ben] = (await addPeople(here.database, 2)) as [Somebody, Somebody];
  await befriendAll(here.database.sql, [[ann, ben]]);
  const conversationId = await open(server.url, ann, ben);
  await backUp(here, join(folder.dir, "first"));
  const later = await must(server.url, ann, "messages.send", { conversationId, clientId: "later", text: "later" });
  await must(server.url, ann, "messages.unsend", { conversationId, messageId: later.id });
  await server.stop();

  await restoreInto(here, join(folder.dir, "first"), { force: true });
  server = await serve(here);
  const annAgain = await signInAgain(here, ann);
  const other = await must(server.url, annAgain, "messages.send", { conversationId, clientId: "other", text: "stays" });
  expect(other.seq).toBe(later.seq);
  await backUp(here, join(folder.dir, "second"));
  await server.stop();
  expect(await restoreInto(here, join(folder.dir, "second"), { force: true })).toMatchObject({ unsent: 0 });
  const rows = await here.database
    .sql`select text from messages where conversation_id = ${conversationId} and seq = ${other.seq}`;
  expect([...rows]).toMatchObject([{ text: "stays" }]);
}, 60_000);

test("T36 a forced restore: what the replaced database had not told the ledger yet stays taken back", async () => {
  await using folder = await freshFolder();
  await using here = await emptyPlace();
  const server = await serve(here);
  const [ann, ben] = (await addPeople(here.database, 2)) as [Somebody, Somebody];
  await befriendAll(here.database.sql, [[ann, ben]]);
  const conversationId = await open(server.url, ann, ben);
  const { seq, createdAt } = await must(server.url, ann, "messages.send", {
    conversationId,
    clientId: "c",
    text: canary,
  });
  await backUp(here, join(folder.dir, "first"));
  await server.stop();
  // As a crash between the commit and the ledger leaves it.
  const { sql } = here.database;
  await sql`
    insert into erasures (subject_id, seq, made_at, kind, erased_at)
    values (${conversationId}, ${seq}, ${new Date(createdAt)}, 'message', now())`;
  expect(await restoreInto(here, join(folder.dir, "first"), { force: true })).toMatchObject({ unsent: 1 });
  expect([...(await sql`select text from messages where seq = ${seq}`)]).toMatchObject([{ text: "" }]);
}, 60_000);

test("T30 T36 a message whose time is damaged stays taken back as well", async () => {
  await using folder = await freshFolder();
  await using here = await emptyPlace();
  const server = await serve(here);
  const [ann, ben] = (await addPeople(here.database, 2)) as [Somebody, Somebody];
  await befriendAll(here.database.sql, [[ann, ben]]);
  const conversationId = await open(server.url, ann, ben);
  const { id, seq } = await must(server.url, ann, "messages.send", { conversationId, clientId: "c", text: canary });
  await here.database.sql`update messages set created_at = 'infinity' where seq = ${seq}`;
  await backUp(here, join(folder.dir, "first"));
  await must(server.url, ann, "messages.unsend", { conversationId, messageId: id });
  await server.stop();
  expect(await restoreInto(here, join(folder.dir, "first"), { force: true })).toMatchObject({ unsent: 1 });
}, 60_000);

async function open(url: string, from: Somebody, to: Somebody): Promise<string> {
  const sent = await must(url, from, "messages.sendToPerson", { personId: to.id, clientId: "hello", text: "hello" });
  return sent.message.conversationId;
}

async function bytesOf(url: string, who: Somebody): Promise<Uint8Array> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${who.token}` } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

async function renditionsOf({ sql }: Database, mediaId: string): Promise<{ url: string }[]> {
  const rows: { name: string }[] = await sql`select name from renditions where media_id = ${mediaId}`;
  return rows.map(({ name }) => ({ url: `/v1/media/${mediaId}/${name}` }));
}

/** Rows whose file is not what they say, and files that no row names. */
async function unlikeTheirRows({ database, dataDir }: { database: Database; dataDir: string }): Promise<string[]> {
  const rows: { blob_key: string; sha256: string }[] = await database.sql`select blob_key, sha256 from renditions`;
  const dir = join(dataDir, "blobs");
  const names = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const wrong = rows.filter(
    ({ blob_key, sha256 }) =>
      createHash("sha256")
        .update(readFileSync(join(dir, blob_key)))
        .digest("hex") !== sha256,
  );
  if (rows.length === 0 || names.length !== rows.length) return [`${names.length} files for ${rows.length} rows`];
  return wrong.map((row) => row.blob_key);
}
