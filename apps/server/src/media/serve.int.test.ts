import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startTestMedia, type TestMedia } from "../../test/media-kit.ts";
import { drawPhoto } from "./drawn-photo.ts";
import { renditionNames } from "./renditions.ts";

let kit: TestMedia;
let photo: Uint8Array;
beforeAll(async () => {
  kit = await startTestMedia();
  photo = await drawPhoto({ seed: 1, width: 800, height: 600, exif: true });
}, 60_000);
afterAll(async () => kit[Symbol.asyncDispose]());

async function readyPhoto(owner: string): Promise<string> {
  const id = await kit.upload(owner, photo);
  expect((await kit.settled(id)).state).toBe("ready");
  return id;
}

/** What unsend does to the photo of a message. */
async function unsend(
  { conversationId, seq }: { conversationId: string; seq: number },
  mediaId: string,
): Promise<void> {
  await kit.database.sql.begin(async (tx) => {
    await tx`update messages set text = '', unsent_at = now() where conversation_id = ${conversationId} and seq = ${seq}`;
    await tx`delete from message_media where conversation_id = ${conversationId} and seq = ${seq}`;
    await kit.media.purge.purge(tx, [mediaId]);
  });
  await kit.media.purge.deleteBlobs();
}

async function statuses(person: string, id: string): Promise<number[]> {
  return await Promise.all(renditionNames.map(async (name) => (await kit.fetch(person, id, name)).status));
}

const all = (status: number): number[] => renditionNames.map(() => status);

test("C33 R21 T2: a photo is its owner's, then its conversation's members', and nobody else's", async () => {
  const [owner, friend, stranger] = [await kit.addPerson(), await kit.addPerson(), await kit.addPerson()];
  const id = await readyPhoto(owner);
  expect([await statuses(owner, id), await statuses(friend, id)]).toEqual([all(200), all(404)]);
  const { conversationId, seq } = await kit.attach(id, [owner, friend]);
  expect([await statuses(owner, id), await statuses(friend, id), await statuses(stranger, id)]).toEqual([
    all(200),
    all(200),
    all(404),
  ]);
  const { sql } = kit.database;
  await sql`update members set visible_after_seq = ${seq} where conversation_id = ${conversationId} and person_id = ${friend}`;
  expect(await statuses(friend, id)).toEqual(all(404));
  await sql`update members set visible_after_seq = 0, left_at = now() where conversation_id = ${conversationId} and person_id = ${friend}`;
  expect(await statuses(friend, id)).toEqual(all(404));
  await sql`update members set left_at = now() where conversation_id = ${conversationId} and person_id = ${owner}`;
  expect(await statuses(owner, id)).toEqual(all(404));
});

test("R27: missing and forbidden are one answer, also for ids that are none", async () => {
  const [owner, stranger] = [await kit.addPerson(), await kit.addPerson()];
  const id = await readyPhoto(owner);
  const answers = new Set<string>();
  for (const [mediaId, name] of [
    [id, "list"],
    [Bun.randomUUIDv7(), "list"],
    [id, "huge"],
    ["x", "list"],
    ["../../etc", "list"],
    [id, "__proto__"],
  ] as const) {
    const response = await kit.fetch(stranger, mediaId, name);
    answers.add(`${response.status} ${await response.text()} ${[...response.headers.keys()].join()}`);
  }
  expect(answers.size).toBe(1);
});

test("a profile picture is everybody's, but not its original", async () => {
  const [owner, stranger] = [await kit.addPerson(), await kit.addPerson()];
  const id = await readyPhoto(owner);
  await kit.database.sql`update people set picture_media_id = ${id} where id = ${owner}`;
  expect(await statuses(stranger, id)).toEqual([200, 200, 404]);
  expect(await statuses(owner, id)).toEqual(all(200));
});

test("R21 T13: headers keep it private, sandboxed and unsniffed; the hash is the ETag", async () => {
  const owner = await kit.addPerson();
  const id = await readyPhoto(owner);
  for (const name of renditionNames) {
    const response = await kit.fetch(owner, id, name);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: `"${createHash("sha256").update(bytes).digest("hex")}"`,
      "cache-control": "private, no-cache",
      "content-type": "image/jpeg",
      "content-length": String(bytes.length),
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "content-disposition": name === "original" ? "attachment" : "inline",
    });
    const head = await kit.fetch(owner, id, name, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), (await head.text()).length]).toEqual([
      200,
      String(bytes.length),
      0,
    ]);
  }
});

test("R21: validators and ranges, as RFC 9110 has them", async () => {
  const owner = await kit.addPerson();
  const id = await readyPhoto(owner);
  const whole = await kit.fetch(owner, id, "original");
  const [etag, bytes] = [whole.headers.get("etag") ?? "", new Uint8Array(await whole.arrayBuffer())];
  const size = bytes.length;
  const get = async (headers: Record<string, string>) => {
    const response = await kit.fetch(owner, id, "original", { headers });
    return [
      response.status,
      response.headers.get("content-range"),
      new Uint8Array(await response.arrayBuffer()),
    ] as const;
  };
  const cut = (start: number, end: number) =>
    [206, `bytes ${start}-${end}/${size}`, bytes.slice(start, end + 1)] as const;
  const full = [200, null, bytes] as const;
  const nothing = new Uint8Array(0);
  expect(await get({ "if-none-match": etag })).toEqual([304, null, nothing]);
  expect(await get({ "if-none-match": `"x", W/${etag}` })).toEqual([304, null, nothing]);
  expect(await get({ "if-none-match": '"x"' })).toEqual(full);
  expect(await get({ range: "bytes=0-99" })).toEqual(cut(0, 99));
  expect(await get({ range: "bytes=100-" })).toEqual(cut(100, size - 1));
  expect(await get({ range: "bytes=-7" })).toEqual(cut(size - 7, size - 1));
  expect(await get({ range: `bytes=${size - 1}-${size + 50}` })).toEqual(cut(size - 1, size - 1));
  expect(await get({ range: "bytes=0-9", "if-range": etag })).toEqual(cut(0, 9));
  expect(await get({ range: "bytes=0-9", "if-range": '"x"' })).toEqual(full);
  for (const ignored of ["bytes=0-1,3-4", "bytes=5-2", "lines=1-2", "bytes=", "bytes=-", "bytes=a-b"])
    expect(await get({ range: ignored })).toEqual(full);
  for (const beyond of [`bytes=${size}-`, "bytes=-0"])
    expect(await get({ range: beyond })).toEqual([416, `bytes */${size}`, nothing]);
});

test("T7 R9: after unsend every URL variant, with and without validators and ranges: bytes 0", async () => {
  const [owner, friend] = [await kit.addPerson(), await kit.addPerson()];
  const id = await readyPhoto(owner);
  const held = await kit.attach(id, [owner, friend]);
  const etags = await Promise.all(
    renditionNames.map(async (name) => (await kit.fetch(friend, id, name)).headers.get("etag") ?? ""),
  );
  await unsend(held, id);
  const conditions: Record<string, string>[] = [
    {},
    { range: "bytes=0-10" },
    { range: "bytes=-5" },
    { "if-none-match": "*" },
  ];
  for (const etag of etags)
    conditions.push(
      { "if-none-match": etag },
      { "if-none-match": `W/${etag}` },
      { "if-range": etag, range: "bytes=0-" },
    );
  let [attempts, bytes] = [0, 0];
  for (const person of [owner, friend]) {
    for (const name of renditionNames) {
      for (const method of ["GET", "HEAD"]) {
        for (const headers of conditions) {
          const response = await kit.fetch(person, id, name, { method, headers });
          attempts += 1;
          if (response.status !== 404) bytes += 1 + (await response.arrayBuffer()).byteLength;
        }
      }
    }
  }
  console.log(`T7: ${attempts} requests after unsend; bytes ${bytes}`);
  expect(bytes).toBe(0);
  expect(
    readdirSync(join(kit.dataDir, "blobs"), { recursive: true }).filter((path) => String(path).includes(id)),
  ).toEqual([]);
  const [{ left }] = await kit.database.sql`select count(*)::int as left from blob_deletions`;
  expect(left).toBe(0);
});

test("R9: a photo that a second message holds outlives the first, and dies with the last", async () => {
  const [owner, friend] = [await kit.addPerson(), await kit.addPerson()];
  const id = await readyPhoto(owner);
  const [first, second] = [await kit.attach(id, [owner, friend]), await kit.attach(id, [owner, friend])];
  await unsend(first, id);
  expect(await statuses(friend, id)).toEqual(all(200));
  await unsend(second, id);
  expect([await statuses(friend, id), await statuses(owner, id)]).toEqual([all(404), all(404)]);
});

test("R21: a removed photo is gone; one that a message or a profile holds cannot be removed, nor a stranger's", async () => {
  const [owner, stranger] = [await kit.addPerson(), await kit.addPerson()];
  const caller = (personId: string) => ({ personId, sessionId: "s", requestId: "r" });
  const remove = (personId: string, mediaId: string) =>
    kit.media.handlers["media.remove"]?.({ mediaId }, caller(personId));
  const [free, held, picture] = [await readyPhoto(owner), await readyPhoto(owner), await readyPhoto(owner)];
  await kit.attach(held, [owner, stranger]);
  await kit.database.sql`update people set picture_media_id = ${picture} where id = ${owner}`;
  expect(await remove(stranger, free)).toMatchObject({ code: "not_found" });
  expect(await remove(owner, held)).toMatchObject({ code: "not_found" });
  expect(await remove(owner, picture)).toMatchObject({ code: "not_found" });
  expect(await remove(owner, free)).toEqual({});
  expect(await remove(owner, free)).toMatchObject({ code: "not_found" });
  expect([await statuses(owner, free), await statuses(owner, held), await statuses(owner, picture)]).toEqual([
    all(404),
    all(200),
    all(200),
  ]);
});

test("a photo removed while a child works on it leaves nothing", async () => {
  const owner = await kit.addPerson();
  const large = await drawPhoto({ seed: 4, width: 3000, height: 2000 });
  const id = await kit.upload(owner, large);
  await kit.media.handlers["media.remove"]?.(
    { mediaId: id },
    {
      personId: owner,
      sessionId: "s",
      requestId: "r",
    },
  );
  await Bun.sleep(2000);
  expect(await statuses(owner, id)).toEqual(all(404));
  for (const folder of ["blobs", "quarantine"]) {
    expect(
      readdirSync(join(kit.dataDir, folder), { recursive: true }).filter((path) => String(path).includes(id)),
    ).toEqual([]);
  }
});
