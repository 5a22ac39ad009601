import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { limits } from "@sotto/protocol/limits.ts";
import { startTestMedia, sweepDeps, type TestMedia } from "../../test/media-kit.ts";
import { limiter, ratesFrom } from "../limits.ts";
import { drawPhoto } from "./drawn-photo.ts";
import { sweepMedia } from "./sweep.ts";

let kit: TestMedia;
let photo: Uint8Array;
beforeAll(async () => {
  kit = await startTestMedia();
  photo = await drawPhoto({ seed: 2, width: 640, height: 480, exif: true });
}, 60_000);
afterAll(async () => kit[Symbol.asyncDispose]());

const octets = { "content-type": "application/offset+octet-stream" };

async function begin(personId: string, bytes: number): Promise<string> {
  const created = await kit.tus(personId, { method: "POST", headers: { "upload-length": String(bytes) } });
  expect(created.status).toBe(201);
  return created.headers.get("location")?.replace("/v1/uploads", "") ?? "";
}

function patch(personId: string, path: string, offset: number, body: Uint8Array): Promise<Response> {
  const headers = { ...octets, "upload-offset": String(offset), "content-length": String(body.length) };
  return kit.tus(personId, { method: "PATCH", path, headers, body });
}

async function problemOf(response: Response): Promise<[number, string]> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return [response.status, ((await response.json()) as { code: string }).code];
}

test("C31: an upload in pieces goes on after a break and a new sign-in of the same person", async () => {
  const owner = await kit.addPerson();
  const path = await begin(owner, photo.length);
  expect((await patch(owner, path, 0, photo.subarray(0, 1000))).headers.get("upload-offset")).toBe("1000");
  // The session expires here: the app answers 401 before the pipeline is asked. Then somebody else tries, then the owner again.
  const stranger = await kit.addPerson();
  for (const method of ["HEAD", "DELETE"]) expect((await kit.tus(stranger, { method, path })).status).toBe(404);
  expect(await problemOf(await patch(stranger, path, 1000, photo.subarray(1000)))).toEqual([404, "not_found"]);
  const stands = await kit.tus(owner, { method: "HEAD", path });
  expect(stands.headers.get("upload-offset")).toBe("1000");
  expect(await problemOf(await patch(owner, path, 500, photo.subarray(500)))).toEqual([409, "conflict"]);
  expect((await patch(owner, path, 1000, photo.subarray(1000))).status).toBe(204);
  expect((await kit.settled(path.slice(1))).state).toBe("ready");
});

test("R27: whose upload it is and which upload it is are read from the same place", async () => {
  const [owner, other] = [await kit.addPerson(), await kit.addPerson()];
  const [own, foreign] = [await begin(owner, 1000), await begin(other, 1000)];
  for (const sneaky of [`${own}?${foreign}`, `${own}?x=${foreign}`, `${own}?a#${foreign}`]) {
    for (const method of ["HEAD", "DELETE"]) expect((await kit.tus(owner, { method, path: sneaky })).status).toBe(400);
    expect(await problemOf(await patch(owner, sneaky, 0, photo.subarray(0, 500)))).toEqual([400, "invalid"]);
  }
  await patch(owner, `${own}#${foreign}`, 0, photo.subarray(0, 500));
  expect((await kit.tus(other, { method: "HEAD", path: foreign })).headers.get("upload-offset")).toBe("0");
  expect((await kit.tus(owner, { method: "HEAD", path: own })).headers.get("upload-offset")).toBe("500");
});

test("C31: an upload's id is the same in capitals", async () => {
  const owner = await kit.addPerson();
  const path = await begin(owner, photo.length);
  expect((await patch(owner, path.toUpperCase(), 0, photo)).status).toBe(204);
  expect((await kit.settled(path.slice(1))).state).toBe("ready");
});

test("C31: after the last byte HEAD says that all is there, in every later state", async () => {
  const owner = await kit.addPerson();
  const id = await kit.upload(owner, photo);
  for (const when of ["at once", "when ready"]) {
    const head = await kit.tus(owner, { method: "HEAD", path: `/${id}` });
    expect([when, head.status, head.headers.get("upload-offset")]).toEqual([when, 200, String(photo.length)]);
    await kit.settled(id);
  }
  expect(await problemOf(await patch(owner, `/${id}`, photo.length, new Uint8Array(1)))).toEqual([409, "conflict"]);
});

test("bad input: empty, too large, no length, deferred length, more than announced, strange addresses", async () => {
  const owner = await kit.addPerson();
  const post = (headers: Record<string, string>) => kit.tus(owner, { method: "POST", headers });
  expect(await problemOf(await post({ "upload-length": "0" }))).toEqual([422, "damaged_media"]);
  expect(await problemOf(await post({ "upload-length": String(limits.uploadBytes + 1) }))).toEqual([413, "too_large"]);
  for (const headers of [
    {},
    { "upload-defer-length": "1" },
    { "upload-defer-length": "1", "upload-length": "10" },
    { "upload-concat": "partial", "upload-length": "10" },
    { "upload-concat": "final;/v1/uploads/x", "upload-length": "10" },
    { "upload-length": "-5" },
    { "upload-length": "1e3" },
    { "upload-length": "x" },
  ]) {
    expect(await problemOf(await post(headers as Record<string, string>))).toEqual([400, "invalid"]);
  }
  expect(await problemOf(await post({ "upload-length": "5", "upload-metadata": "é é é" }))).toEqual([400, "invalid"]);
  const path = await begin(owner, 10);
  expect((await problemOf(await patch(owner, path, 0, new Uint8Array(11))))[1]).toBe("too_large");
  for (const strange of ["/..%2f..%2fetc", "/nothing", `/${Bun.randomUUIDv7()}`, `${path}/x`, ""]) {
    expect(await problemOf(await kit.tus(owner, { method: "PATCH", path: strange, headers: octets }))).toEqual([
      404,
      "not_found",
    ]);
  }
  expect(await problemOf(await kit.tus(owner, { method: "GET", path }))).toEqual([405, "method_not_allowed"]);
  const options = await kit.tus(owner, { method: "OPTIONS" });
  expect([options.status, options.headers.get("access-control-allow-origin")]).toEqual([204, null]);
});

test("nothing that a client calls its file is kept", async () => {
  const owner = await kit.addPerson();
  const name = Buffer.from("holiday in Lisbon.jpg").toString("base64");
  await kit.tus(owner, { method: "POST", headers: { "upload-length": "5", "upload-metadata": `filename ${name}` } });
  const kept = await Promise.all(
    readdirSync(join(kit.dataDir, "quarantine")).map((file) => Bun.file(join(kit.dataDir, "quarantine", file)).text()),
  );
  expect(kept.filter((text) => /Lisbon/.test(text))).toEqual([]);
});

test("T18: a person's unfinished uploads have a limit in number and in bytes, also when they come at once", async () => {
  const [many, large] = [await kit.addPerson(), await kit.addPerson()];
  const post = (personId: string, bytes: number) =>
    kit.tus(personId, { method: "POST", headers: { "upload-length": String(bytes) } });
  const statuses = await Promise.all(
    Array.from({ length: limits.pendingUploads + 20 }, async () => (await post(many, 10)).status),
  );
  expect(statuses.filter((status) => status === 201).length).toBe(limits.pendingUploads);
  expect(statuses.filter((status) => status === 429).length).toBe(20);
  for (let left = limits.pendingUploadBytes; left >= limits.uploadBytes; left -= limits.uploadBytes)
    await post(large, limits.uploadBytes);
  expect(await problemOf(await post(large, limits.uploadBytes))).toEqual([429, "rate_limited"]);
});

test("T18: photos that are ready and never sent count, those that a message holds do not", async () => {
  const owner = await kit.addPerson();
  const small = await drawPhoto({ seed: 2, width: 32, height: 32 });
  const ids = [];
  for (let left = limits.pendingUploads; left > 0; left -= 1) {
    ids.push(await kit.upload(owner, small));
    await kit.settled(ids.at(-1) ?? "");
  }
  const one = () => kit.tus(owner, { method: "POST", headers: { "upload-length": "10" } });
  const refused = (await (await one()).json()) as { code: string; retryAt: string };
  expect([refused.code, Date.parse(refused.retryAt) > Date.now()]).toEqual(["rate_limited", true]);
  await kit.attach(ids[0] ?? "", [owner]);
  expect((await one()).status).toBe(201);
  expect((await one()).status).toBe(429);
  await kit.media.handlers["media.remove"]?.({ mediaId: ids[1] ?? "" }, { personId: owner } as never);
  expect((await one()).status).toBe(201);
}, 30_000);

test("T18: uploads begun have a rate, whatever becomes of them", async () => {
  const rates = { signInsPerWindow: 1, signInWindowMinutes: 1, signUpsPerHour: 1, sendsPerSecond: 1 };
  const configured = ratesFrom({ ...rates, strangersPerDay: 1, requestCooldownDays: 1 });
  const limit = limiter({ ...configured, upload: { points: 3, perSeconds: 3_600 } });
  await using limited = await startTestMedia({ limitUpload: (personId) => limit("upload", personId) });
  const [owner, other] = [await limited.addPerson(), await limited.addPerson()];
  const begun = (personId: string) => limited.tus(personId, { method: "POST", headers: { "upload-length": "10" } });
  for (let left = 3; left > 0; left -= 1) {
    const path = (await begun(owner)).headers.get("location")?.replace("/v1/uploads", "") ?? "";
    expect((await limited.tus(owner, { method: "DELETE", path })).status).toBe(204);
  }
  const refused = (await (await begun(owner)).json()) as { code: string; retryAt: string };
  expect([refused.code, Date.parse(refused.retryAt) > Date.now()]).toEqual(["rate_limited", true]);
  expect((await begun(other)).status).toBe(201);
});

test("a cancelled upload leaves nothing", async () => {
  const owner = await kit.addPerson();
  const path = await begin(owner, 5000);
  await patch(owner, path, 0, photo.subarray(0, 2000));
  expect((await kit.tus(owner, { method: "DELETE", path })).status).toBe(204);
  expect(await problemOf(await kit.tus(owner, { method: "DELETE", path }))).toEqual([404, "not_found"]);
  expect(readdirSync(join(kit.dataDir, "quarantine")).filter((name) => name.startsWith(path.slice(1)))).toEqual([]);
});

test("a full disk refuses new uploads with storage_full, and what is in processing waits and is not lost", async () => {
  await using full = await startTestMedia({ reserveBytes: Number.MAX_SAFE_INTEGER });
  const owner = await full.addPerson();
  expect(await problemOf(await full.tus(owner, { method: "POST", headers: { "upload-length": "10" } }))).toEqual([
    507,
    "storage_full",
  ]);
  // Blobs alone are full: the upload was taken, and stays.
  await using blobsFull = await startTestMedia({ blobReserveBytes: Number.MAX_SAFE_INTEGER });
  const other = await blobsFull.addPerson();
  const id = await blobsFull.upload(other, photo);
  await Bun.sleep(1500);
  const [row] = await blobsFull.database.sql`select state from media where id = ${id}`;
  expect(row.state).toBe("processing");
  expect(readdirSync(join(blobsFull.dataDir, "quarantine"))).toContain(id);
  expect(blobsFull.told).toEqual([]);
});

test("T18: 1,000 abandoned uploads: bytes left 0 after a day", async () => {
  const { sql } = kit.database;
  for (let person = 0; person * limits.pendingUploads < 1000; person += 1) {
    const owner = await kit.addPerson();
    await Promise.all(
      Array.from({ length: limits.pendingUploads }, async () => {
        const path = await begin(owner, 2000);
        await patch(owner, path, 0, new Uint8Array(1000));
      }),
    );
  }
  const [{ abandoned }] = await sql`select count(*)::int as abandoned from media where state = 'uploading'`;
  const deps = await sweepDeps(kit);
  const { quarantine } = deps;
  await sweepMedia({ ...deps, now: () => new Date(Date.now() + 23 * 3_600_000) });
  const before = readdirSync(quarantine.dir).length;
  const later = () => new Date(Date.now() + 25 * 3_600_000);
  for (let left = 1; left > 0;) left = (await sweepMedia({ ...deps, now: later })).expired;
  const after = readdirSync(quarantine.dir);
  console.log(
    `T18: ${abandoned} abandoned uploads; files in quarantine ${before} before, ${after.length} after: bytes left ${after.length}`,
  );
  expect(abandoned).toBeGreaterThanOrEqual(1000);
  expect(before).toBeGreaterThanOrEqual(2000);
  expect(after).toEqual([]);
});
