import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { S3Address } from "../src/config-s3.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addPeople, befriendAll, must, type Somebody } from "./api-kit.ts";
import { startCluster, type Cluster } from "./cluster-kit.ts";
import { noBroker } from "./nats-kit.ts";
import { until } from "./people.ts";
import { radosgwMissing, s3Url, startRadosgw, type Radosgw } from "./radosgw.ts";

const missing = radosgwMissing() ?? noBroker;
describe.skipIf(missing !== null)(`photos over several machines${missing === null ? "" : `: ${missing}`}`, () => {
  let s3: Radosgw;
  let address: S3Address;
  let cluster: Cluster;
  let owner: Somebody;
  let friend: Somebody;
  let stranger: Somebody;
  let photo: Uint8Array;
  const urls = () => cluster.nodes.filter((_, at) => at < 2).map(({ url }) => url) as [string, string];

  beforeAll(async () => {
    s3 = await startRadosgw();
    address = await s3.bucket();
    const nodes = [["api", "gateway"], ["api", "gateway"], ["worker"]] as const;
    cluster = await startCluster({ nodes, env: { S3_URL: s3Url(address) } });
    [owner, friend, stranger] = (await addPeople(cluster.database, 3)) as [Somebody, Somebody, Somebody];
    await befriendAll(cluster.database.sql, [[owner, friend]]);
    photo = await drawPhoto({ seed: 9, width: 2600, height: 2000, exif: true });
  }, 120_000);
  afterAll(async () => {
    await cluster.stop();
    await s3[Symbol.asyncDispose]();
  }, 60_000);

  async function tus(
    url: string,
    who: Somebody,
    asked: { method: string; id?: string; headers?: Record<string, string>; body?: Uint8Array },
  ): Promise<Response> {
    const { method, id, headers, body } = asked;
    return await fetch(`${url}/v1/uploads${id === undefined ? "" : `/${id}`}`, {
      method,
      headers: { authorization: `Bearer ${who.token}`, "tus-resumable": "1.0.0", ...headers },
      ...(body && { body: new Uint8Array(body) }),
    });
  }

  async function begin(url: string): Promise<string> {
    const created = await tus(url, owner, { method: "POST", headers: { "upload-length": String(photo.length) } });
    expect(created.status).toBe(201);
    return created.headers.get("location")?.split("/").at(-1) ?? "";
  }

  async function patch(url: string, id: string, offset: number, body: Uint8Array): Promise<number> {
    const headers = { "content-type": "application/offset+octet-stream", "upload-offset": String(offset) };
    return (await tus(url, owner, { method: "PATCH", id, headers, body })).status;
  }

  async function untilReady(url: string, mediaId: string): Promise<void> {
    await until(
      "the photo is ready",
      async () => (await must(url, owner, "media.get", { mediaId })).state === "ready",
      40_000,
    );
  }

  async function read(
    url: string,
    who: Somebody,
    path: string,
  ): Promise<{ status: number; bytes: number; hash: string }> {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${who.token}` } });
    const bytes = await answer.bytes();
    const isPhoto = answer.status < 300;
    return { status: answer.status, bytes: isPhoto ? bytes.length : 0, hash: String(Bun.hash(bytes)) };
  }

  test("C31 T7: begun on A, resumed on B, made by the worker, served by A and B; unsent: bytes 0 everywhere", async () => {
    const [a, b] = urls();
    const half = Math.floor(photo.length / 2);
    const id = await begin(a);
    expect(await patch(a, id, 0, photo.subarray(0, half))).toBe(204);
    const head = await tus(b, owner, { method: "HEAD", id });
    expect(head.headers.get("upload-offset")).toBe(String(half));
    expect(await patch(b, id, half, photo.subarray(half))).toBe(204);
    await untilReady(a, id);
    const sent = { personId: friend.id, clientId: "photo", text: "", mediaIds: [id] };
    const { message } = await must(b, owner, "messages.sendToPerson", sent);
    const paths = ["list", "full", "original"].map((name) => `/v1/media/${id}/${name}`);
    for (const path of paths) {
      const seen = await Promise.all([a, b].map(async (url) => await read(url, friend, path)));
      expect(seen.map(({ status }) => status)).toEqual([200, 200]);
      expect(seen[0]?.hash).toBe(seen[1]?.hash ?? "");
      expect((await read(a, stranger, path)).status).toBe(404);
    }
    await must(a, owner, "messages.unsend", { conversationId: message.conversationId, messageId: message.id });
    let [attempts, bytes] = [0, 0];
    for (const path of paths)
      for (const url of [a, b])
        for (const who of [owner, friend, stranger]) {
          bytes += (await read(url, who, path)).bytes;
          attempts += 1;
        }
    let left: string[] = [];
    await until("its objects are gone", async () => {
      left = (await s3.keys(address)).filter((key) => key.includes(id));
      return left.length === 0;
    });
    const local = cluster.nodes.flatMap(({ logFile }) => filesIn(dirname(logFile)).filter((name) => name.includes(id)));
    console.log(
      `T7 over three machines: ${attempts} attempts after unsend, bytes ${bytes}; objects left ${left.length}, files left ${local.length}`,
    );
    expect([bytes, left, local]).toEqual([0, [], []]);
  }, 90_000);

  test("the worker killed in mid-photo, and gone for a while: uploads go on, and it makes them when it is back; raw bytes left 0", async () => {
    const [a, b] = urls();
    const worker = cluster.nodes[2];
    if (worker === undefined) throw new Error("there is no worker");
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const id = await begin(n % 2 === 0 ? a : b);
      expect(await patch(n % 2 === 0 ? b : a, id, 0, photo)).toBe(204);
      ids.push(id);
      if (n === 2) await worker.kill();
    }
    await worker.start();
    for (const id of ids) await untilReady(b, id);
    let raw: string[] = [];
    await until(
      "no raw bytes are left",
      async () => {
        raw = (await s3.keys(address)).filter((key) => key.startsWith("quarantine/"));
        return raw.length === 0;
      },
      45_000,
    );
    const files = filesIn(dirname(worker.logFile)).filter((name) => ids.some((id) => name.includes(id)));
    console.log(
      `6 photos around a killed worker: all ready; raw objects left ${raw.length}, files left ${files.length}`,
    );
    expect([raw, files]).toEqual([[], []]);
  }, 90_000);
});

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true }).map((entry) => join(entry.parentPath, entry.name));
}
