import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { utimes } from "node:fs/promises";
import { join } from "node:path";
import { startTestMedia, sweepDeps, type TestMedia } from "../../test/media-kit.ts";
import { drawPhoto } from "./drawn-photo.ts";
import { insertUpload } from "./store.ts";
import { sweepMedia } from "./sweep.ts";

let kit: TestMedia;
let photo: Uint8Array;
beforeAll(async () => {
  kit = await startTestMedia();
  photo = await drawPhoto({ seed: 8, width: 400, height: 300, exif: true });
}, 60_000);
afterAll(async () => kit[Symbol.asyncDispose]());

const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000);

async function sweepAt(now: Date) {
  return await sweepMedia({ ...(await sweepDeps(kit)), now: () => now });
}

/** What a process leaves that was killed between two steps: the row in a state, the bytes in quarantine, and no job. */
async function leftBehind(state: "uploading" | "processing"): Promise<string> {
  const id = Bun.randomUUIDv7();
  const ownerId = await kit.addPerson();
  await insertUpload(kit.database.sql, { id, ownerId, bytes: photo.length, now: new Date() });
  await kit.database.sql`update media set state = ${state} where id = ${id}`;
  writeFileSync(join(kit.dataDir, "quarantine", id), photo);
  return id;
}

test("R26: what a killed process left in the middle is made ready by the next one", async () => {
  const interrupted = [await leftBehind("processing"), await leftBehind("uploading")];
  const next = await kit.startAnother();
  for (const id of interrupted) expect((await kit.settled(id)).state).toBe("ready");
  await next.stop();
});

test("R9: bytes whose deletion was cut short go with the next sweep", async () => {
  const owner = await kit.addPerson();
  const id = await kit.upload(owner, photo);
  await kit.settled(id);
  await kit.database.sql.begin((tx) => kit.media.purge.purge(tx, [id]));
  expect(existsSync(join(kit.dataDir, "blobs", "media", id, "list"))).toBe(true);
  expect((await sweepAt(new Date())).blobsDeleted).toBe(3);
  expect(existsSync(join(kit.dataDir, "blobs", "media", id))).toBe(false);
});

test("T18: media that nobody sent go after a day; sent ones and profile pictures stay", async () => {
  const owner = await kit.addPerson();
  const [unsent, sent, picture] = [
    await kit.upload(owner, photo),
    await kit.upload(owner, photo),
    await kit.upload(owner, photo),
  ];
  const broken = await kit.upload(owner, photo.slice(0, 500));
  for (const id of [unsent, sent, picture, broken]) await kit.settled(id);
  await kit.attach(sent, [owner]);
  await kit.database.sql`update people set picture_media_id = ${picture} where id = ${owner}`;
  await sweepAt(hours(23));
  const left = async () => {
    const rows: { id: string }[] = await kit.database.sql`select id from media where owner_id = ${owner} order by id`;
    return rows.map(({ id }) => id);
  };
  expect(await left()).toEqual([unsent, sent, picture, broken].toSorted());
  await sweepAt(hours(25));
  expect(await left()).toEqual([sent, picture].toSorted());
  expect(readdirSync(join(kit.dataDir, "blobs", "media")).includes(unsent)).toBe(false);
});

test("R20: raw bytes are gone within a day, also of what never became ready and of what no row knows", async () => {
  const stuck = await leftBehind("processing");
  const unknown = join(kit.dataDir, "quarantine", Bun.randomUUIDv7());
  writeFileSync(unknown, photo);
  await utimes(unknown, hours(-30), hours(-30));
  await sweepAt(hours(25));
  expect((await kit.settled(stuck)).error?.code).toBe("internal");
  expect(readdirSync(join(kit.dataDir, "quarantine"))).toEqual([]);
});
