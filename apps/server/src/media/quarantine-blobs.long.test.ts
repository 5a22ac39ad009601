import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MediaState } from "@sotto/protocol/types.ts";
import { cutLine } from "../../test/cut-line.ts";
import { noSession } from "../../test/media-kit.ts";
import { radosgwMissing, startRadosgw, type Radosgw } from "../../test/radosgw.ts";
import { createS3Blobs } from "../adapters/blobs-s3.ts";
import type { S3Address } from "../config-s3.ts";
import type { Database } from "../db/connect.ts";
import { testDatabase } from "../test-database.ts";
import { silentLog } from "../log.ts";
import { drawPhoto } from "./drawn-photo.ts";
import { startMediaWithWorker, type MediaWithWorker } from "../../test/media-with-worker.ts";
import { sweepMedia } from "./sweep.ts";
import { blobQuarantine } from "./quarantine-blobs.ts";

/** The pipeline as three machines run it: two that take uploads and serve, one that works. Each has a folder of its own. */
interface Machine {
  media: MediaWithWorker;
  dataDir: string;
}

const missing = radosgwMissing();
describe.skipIf(missing !== null)(`uploads on S3${missing === null ? "" : `: ${missing}`}`, () => {
  let s3: Radosgw;
  let database: Database;
  let address: S3Address;
  let photo: Uint8Array;
  let one: Machine;
  let other: Machine;
  let worker: Machine;
  const told: { ownerId: string; media: MediaState }[] = [];

  beforeAll(async () => {
    [s3, database] = await Promise.all([startRadosgw(), testDatabase({ max: 12 })]);
    address = await s3.bucket();
    photo = await drawPhoto({ seed: 5, width: 2600, height: 2000, exif: true });
    one = await machine({ work: false });
    other = await machine({ work: false });
    worker = await machine({ work: true });
  }, 120_000);
  afterAll(async () => {
    for (const { media, dataDir } of [one, other, worker]) {
      await media.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
    await database.close();
    await s3[Symbol.asyncDispose]();
  });

  async function machine(options: { work: boolean; at?: S3Address }): Promise<Machine> {
    const dataDir = await mkdtemp(join(tmpdir(), "sotto-machine-"));
    const at = options.at ?? address;
    const media = await startMediaWithWorker({
      config: { dataDir, s3: at },
      database,
      blobs: createS3Blobs({ address: at, log: silentLog(), timeoutMs: 1_000 }),
      log: silentLog(),
      work: options.work,
      limitUpload: async () => null,
      notify: (ownerId, media) => void told.push({ ownerId, media }),
    });
    return { media, dataDir };
  }

  async function addPerson(): Promise<string> {
    const id = Bun.randomUUIDv7();
    await database.sql`
      insert into people (id, username, name, password_hash, who_may_message, created_at)
      values (${id}, ${id.replaceAll("-", "").slice(-20)}, 'Somebody', '', 'friends', now())`;
    return id;
  }

  async function tus(
    { media }: Machine,
    personId: string,
    asked: { method: string; id?: string; headers?: Record<string, string>; body?: BodyInit },
  ): Promise<Response> {
    const { method, id, headers, body } = asked;
    const path = id === undefined ? "" : `/${id}`;
    const init = { method, headers: { "tus-resumable": "1.0.0", ...headers }, ...(body !== undefined && { body }) };
    const request = new Request(`http://localhost/v1/uploads${path}`, init);
    return await media.routes.upload(request, { personId, requestId: "test" });
  }

  async function begin(at: Machine, personId: string, bytes: number): Promise<string> {
    const created = await tus(at, personId, { method: "POST", headers: { "upload-length": String(bytes) } });
    expect(created.status).toBe(201);
    return created.headers.get("location")?.split("/").at(-1) ?? "";
  }

  async function patch(at: Machine, personId: string, id: string, offset: number, body: BodyInit): Promise<Response> {
    const headers = { "content-type": "application/offset+octet-stream", "upload-offset": String(offset) };
    return await tus(at, personId, { method: "PATCH", id, headers, body });
  }

  async function offsetOf(at: Machine, personId: string, id: string): Promise<number> {
    return Number((await tus(at, personId, { method: "HEAD", id })).headers.get("upload-offset"));
  }

  async function settled(id: string): Promise<MediaState> {
    for (let waitedMs = 0; waitedMs < 40_000; waitedMs += 20) {
      const found = told.find(({ media }) => media.id === id);
      if (found !== undefined) return found.media;
      await Bun.sleep(20);
    }
    throw new Error("not settled in 40 s");
  }

  const keysOf = async (id: string) => (await s3.keys(address)).filter((key) => key.includes(id));
  const served = async ({ media }: Machine, personId: string, mediaId: string, rendition: string) => {
    const request = new Request(`http://localhost/v1/media/${mediaId}/${rendition}`);
    return await media.routes.serve(
      request,
      { personId, sessionId: noSession, requestId: "test" },
      { mediaId, rendition },
    );
  };
  const slice = (from: number, to?: number) => new Uint8Array(photo.subarray(from, to));

  test("C31: begun on one machine, gone on with on another, made on a third, served by both; raw bytes left 0", async () => {
    const owner = await addPerson();
    const [half, end] = [Math.floor(photo.length / 2), photo.length];
    const id = await begin(one, owner, end);
    expect((await patch(one, owner, id, 0, slice(0, half))).headers.get("upload-offset")).toBe(String(half));
    expect(await offsetOf(other, owner, id)).toBe(half);
    expect((await patch(other, owner, id, half - 5, slice(half - 5))).status).toBe(409);
    const raw = await keysOf(id);
    expect(raw.length).toBeGreaterThan(0);
    expect(raw.every((key) => key.startsWith("quarantine/"))).toBe(true);
    expect((await patch(other, owner, id, half, slice(half))).status).toBe(204);
    expect(await settled(id)).toMatchObject({ state: "ready" });
    const bytes = await Promise.all(
      [one, other, worker].map(async (at) => await (await served(at, owner, id, "full")).bytes()),
    );
    expect(new Set(bytes.map((all) => Bun.hash(all))).size).toBe(1);
    const left = await keysOf(id);
    console.log(`a photo of ${end} bytes in ${raw.length}+ pieces: objects left ${left.length}, all below media/`);
    expect(left.toSorted()).toEqual(["full", "list", "original"].map((name) => `media/${id}/${name}`));
    expect(readdirSync(join(worker.dataDir, "quarantine"))).toEqual([]);
    expect(existsSync(join(one.dataDir, "quarantine"))).toBe(false);
  });

  test("C31: a connection that breaks off keeps what arrived, piece by piece", async () => {
    const owner = await addPerson();
    const large = new Uint8Array(3_500_000);
    const id = await begin(one, owner, large.length);
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (sent >= 2_500_000) return controller.error(new Error("the line broke"));
        controller.enqueue(large.slice(sent, sent + 250_000));
        sent += 250_000;
        await Bun.sleep(1);
      },
    });
    await patch(one, owner, id, 0, body).catch(() => null);
    const stands = await offsetOf(other, owner, id);
    console.log(`broken off after ${sent} bytes: ${stands} kept`);
    expect(stands).toBeGreaterThanOrEqual(2 * 1024 * 1024);
    expect((await patch(other, owner, id, stands, large.slice(stands))).status).toBe(204);
  });

  test("two machines with the same upload at once: one of them goes on, no byte twice", async () => {
    const owner = await addPerson();
    for (let round = 0; round < 10; round += 1) {
      const id = await begin(one, owner, photo.length);
      const answers = await Promise.all(
        [one, other].map(async (at) => await patch(at, owner, id, 0, slice(0, 300_000))),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
      expect(await offsetOf(one, owner, id)).toBe(300_000);
      expect((await keysOf(id)).length).toBe(1);
      expect((await tus(other, owner, { method: "DELETE", id })).status).toBe(204);
      expect(await keysOf(id)).toEqual([]);
    }
  });

  test("S3 away in mid-upload: unavailable with a time to come back, then the upload goes on; the pipeline heals alone", async () => {
    await using line = await cutLine(s3.endpoint);
    const far = await machine({ work: false, at: { ...address, endpoint: line.url } });
    const owner = await addPerson();
    const id = await begin(far, owner, photo.length);
    expect((await patch(far, owner, id, 0, slice(0, 100_000))).status).toBe(204);
    line.block();
    const refused = await patch(far, owner, id, 100_000, slice(100_000));
    const problem = (await refused.json()) as { code: string; retryAt: string; detail: string };
    expect([refused.status, problem.code, Date.parse(problem.retryAt) > Date.now()]).toEqual([
      503,
      "unavailable",
      true,
    ]);
    expect(JSON.stringify(problem)).not.toContain(address.bucket);
    line.open();
    const stands = await offsetOf(far, owner, id);
    expect((await patch(far, owner, id, stands, slice(stands))).status).toBe(204);
    expect(await settled(id)).toMatchObject({ state: "ready" });
    line.block();
    const photoAway = await served(far, owner, id, "list");
    expect([photoAway.status, photoAway.headers.has("retry-after")]).toEqual([503, true]);
    // What is removed while the store is away is gone for everybody at once, and its bytes go later.
    await far.media.handlers["media.remove"]?.({ mediaId: id }, { personId: owner } as never);
    expect((await served(one, owner, id, "list")).status).toBe(404);
    line.open();
    await sweep();
    expect(await keysOf(id)).toEqual([]);
    await far.media.stop();
    await rm(far.dataDir, { recursive: true, force: true });
  });

  test("a full bucket: storage_full with a time to come back, and nothing left over", async () => {
    const owner = await addPerson();
    const id = await begin(one, owner, photo.length);
    await s3.quota(1);
    let refused = new Response();
    // Ceph's account of what is kept lags a little behind.
    for (let offset = 0; offset < 1_000 && refused.status !== 507; offset += 100) {
      refused = await patch(one, owner, id, offset, slice(offset, offset + 100));
      await Bun.sleep(100);
    }
    const problem = (await refused.json()) as { code: string; retryAt: string };
    expect([refused.status, problem.code, Date.parse(problem.retryAt) > Date.now()]).toEqual([
      507,
      "storage_full",
      true,
    ]);
    const stands = await offsetOf(other, owner, id);
    await s3.quota(null);
    let again = 507;
    for (let tries = 0; tries < 50 && again === 507; tries += 1) {
      await Bun.sleep(100);
      const from = await offsetOf(one, owner, id);
      again = (await patch(one, owner, id, from, slice(from))).status;
    }
    console.log(`a full bucket at byte ${stands}; with room again ${again}`);
    expect(await settled(id)).toMatchObject({ state: "ready" });
    expect((await keysOf(id)).length).toBe(3);
  });

  test("T18 R20: abandoned uploads and stray pieces: objects left 0 after a day, by the sweep of any worker", async () => {
    const owner = await addPerson();
    const ids = [];
    for (let n = 0; n < 5; n += 1) {
      const id = await begin(n % 2 === 0 ? one : other, owner, 1_000_000);
      await patch(one, owner, id, 0, new Uint8Array(400_000));
      ids.push(id);
    }
    // A put that ended after its upload was gone, in a process that was killed then: no row names it.
    const stray = `quarantine/${Bun.randomUUIDv7()}/${crypto.randomUUID()}`;
    await createS3Blobs({ address, log: silentLog() }).put(stray, new Uint8Array(10));
    await sweep(new Date(Date.now() + 23 * 3_600_000));
    const before = (await s3.keys(address)).filter((key) => key.startsWith("quarantine/"));
    await sweep(new Date(Date.now() + 25 * 3_600_000));
    const after = (await s3.keys(address)).filter((key) => key.startsWith("quarantine/"));
    const [{ rows }] = await database.sql`select count(*)::int as rows from upload_pieces`;
    console.log(
      `T18 on S3: objects in quarantine/ ${before.length} after 23 hours, ${after.length} after 25; rows ${rows}`,
    );
    expect(before.length).toBeGreaterThanOrEqual(6);
    expect([after, rows]).toEqual([[], 0]);
  });

  async function sweep(now = new Date()): Promise<void> {
    const blobs = createS3Blobs({ address, log: silentLog() });
    const workDir = join(worker.dataDir, "unused");
    const quarantine = await blobQuarantine({ sql: database.sql, blobs, now: () => now, workDir, work: false });
    const noChild = { run: () => Promise.reject(new Error("a sweep decodes nothing")), close: async () => {} };
    const pool = { ...noChild, [Symbol.asyncDispose]: async () => {} };
    await sweepMedia({ sql: database.sql, blobs, quarantine, pool, notify: () => {}, now: () => now });
  }
});
