import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestName } from "../src/backup/manifest.ts";
import { addPeople, addTwo, befriendAll, must } from "./api-kit.ts";
import { backUp, bringLedger, emptyPlace, freshFolder, restoreInto, serve, type Place } from "./backup-kit.ts";
import { uploadPhoto } from "./upload-photo.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";

let folder: Awaited<ReturnType<typeof freshFolder>>;
let here: Place;
let good: string;

beforeAll(async () => {
  folder = await freshFolder();
  here = await emptyPlace();
  const server = await serve(here);
  const [one, other] = await addTwo(here.database);
  await befriendAll(here.database.sql, [[one, other]]);
  const sent = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "a",
    text: "hello",
  });
  const mediaIds = [await uploadPhoto(server.url, one, await drawPhoto({ seed: 1, width: 64, height: 48 }))];
  const { conversationId } = sent.message;
  await must(server.url, one, "messages.send", { conversationId, clientId: "photo", mediaIds });
  await server.stop();
  good = join(folder.dir, "good");
  await backUp(here, good);
}, 60_000);
afterAll(async () => {
  await here[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
}, 60_000);

/** Refused, and the place is as it was. */
async function refused(
  place: Place,
  dir: string,
  why: string,
  more: Parameters<typeof restoreInto>[2] = {},
): Promise<void> {
  await expect(restoreInto(place, dir, more)).rejects.toThrow(why);
  const [{ people }] = await place.database.sql`select count(*)::int as people from people`;
  expect(people).toBe(0);
  expect(existsSync(join(place.dataDir, "blobs", "media"))).toBe(false);
}

test("T36 a damaged, cut or foreign backup is refused before anything is touched, whichever part it is", async () => {
  await using there = await emptyPlace();
  bringLedger(here, there);
  const parts = readdirSync(good).filter((name) => name !== manifestName);
  let [tried, passed] = [0, 0];
  for (const name of parts) {
    for (const hurt of ["changed", "cut", "missing"] as const) {
      const dir = join(folder.dir, "hurt");
      rmSync(dir, { recursive: true, force: true });
      cpSync(good, dir, { recursive: true });
      const bytes = readFileSync(join(dir, name));
      const middle = Math.floor(bytes.length / 2);
      if (hurt === "missing") rmSync(join(dir, name));
      else if (hurt === "cut") writeFileSync(join(dir, name), bytes.subarray(0, -1));
      else writeFileSync(join(dir, name), bytes.with(middle, (bytes[middle] ?? 0) ^ 1));
      tried += 1;
      await refused(there, dir, name).catch(() => (passed += 1));
    }
  }
  console.log(`T36: ${tried} hurt backups of ${parts.length} parts, ${passed} not refused, or refused too late`);
  expect(passed).toBe(0);
}, 120_000);

test("T36 another key and a changed manifest are refused", async () => {
  await using there = await emptyPlace();
  bringLedger(here, there);
  await refused(there, good, "The key is not the one", { words: "another key than that one" });
  const dir = join(folder.dir, "fewer-tables");
  cpSync(good, dir, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(dir, manifestName), "utf8"));
  writeFileSync(join(dir, manifestName), JSON.stringify({ ...manifest, tables: manifest.tables.slice(1) }));
  await refused(there, dir, "its manifest was changed");
  rmSync(join(dir, manifestName));
  await refused(there, dir, "not a whole backup");
});

test("R9 without the ledger, or with one from before the backup, nothing is restored", async () => {
  await using there = await emptyPlace();
  await refused(there, good, "is empty or missing");
  await using other = await emptyPlace();
  const elsewhere = await serve(other);
  await elsewhere.stop();
  await backUp(other, join(folder.dir, "other"));
  bringLedger(other, there);
  await refused(there, good, "is older than this backup, or of another server");
});

test("a database with people in it is not replaced without being told to", async () => {
  await using there = await emptyPlace();
  bringLedger(here, there);
  await addPeople(there.database, 3);
  await expect(restoreInto(there, good)).rejects.toThrow("--force");
  expect((await there.database.sql`select 1 from people`).length).toBe(3);
  expect(await restoreInto(there, good, { force: true })).toMatchObject({ unsent: 0, photos: 3 });
  expect((await there.database.sql`select 1 from people`).length).toBe(2);
});

test("a backup that a newer Sotto made is refused by the migration's name", async () => {
  await using there = await emptyPlace();
  bringLedger(here, there);
  const { readMigrations, migrationsDir } = await import("../src/db/migrate.ts");
  const migrations = readMigrations(migrationsDir);
  await refused(there, good, migrations.at(-1)?.name ?? "", { migrations: migrations.slice(0, -1) });
});

test("what is stopped half-way leaves nothing: no backup, no restored row", async () => {
  const stopping = (stopAt: string) => {
    const controller = new AbortController();
    const progress = (label: string) => {
      if (label === stopAt) controller.abort(new Error("stopped by hand"));
    };
    return { signal: controller.signal, progress };
  };
  for (const label of ["tables", "photos"]) {
    const dir = join(folder.dir, `stopped-${label}`);
    await expect(backUp(here, dir, stopping(label))).rejects.toThrow("stopped by hand");
  }
  expect(readdirSync(folder.dir).filter((name) => name.includes("stopped"))).toEqual([]);
  await using there = await emptyPlace();
  bringLedger(here, there);
  for (const label of ["tables", "photos"]) {
    await expect(restoreInto(there, good, stopping(label))).rejects.toThrow("stopped by hand");
    expect((await there.database.sql`select 1 from people`).length).toBe(0);
  }
  expect((await restoreInto(there, good)).photos).toBe(3);
});

test("a folder with something in it is not written over, and what a killed backup left goes with the next", async () => {
  await expect(backUp(here, good)).rejects.toThrow("is not empty");
  const dir = join(folder.dir, "again");
  // No process has this number.
  const left = `${dir}.unfinished-4999999`;
  cpSync(good, left, { recursive: true });
  await backUp(here, dir);
  expect(existsSync(left)).toBe(false);
  expect(existsSync(join(dir, manifestName))).toBe(true);
});

test("a photo that rows name and that is not there is told, and one that was erased meanwhile is no fault", async () => {
  const [row] = await here.database.sql`select blob_key from renditions where name = 'list'`;
  const path = join(here.dataDir, "blobs", row.blob_key);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.with(5, (bytes[5] ?? 0) ^ 1));
  const damaged = await backUp(here, join(folder.dir, "damaged"));
  expect(damaged.photos).toMatchObject({ kept: 2, missing: 1, gone: 0 });
  rmSync(path);
  const erase = async () => {
    await here.database.sql`delete from renditions where blob_key = ${row.blob_key}`;
  };
  const progress = (label: string, done: number) => {
    if (label === "tables" && done > 0) erasing ??= erase();
  };
  let erasing: Promise<void> | undefined;
  const during = await backUp(here, join(folder.dir, "during"), { progress });
  await erasing;
  expect(during.photos).toMatchObject({ kept: 2, missing: 0, gone: 1 });
  writeFileSync(path, bytes);
});
