import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pino from "pino";
import { cutLine } from "../../test/cut-line.ts";
import { freePort } from "../../test/crash-server.ts";
import { allBlobs, radosgwMissing, startRadosgw, type Radosgw } from "../../test/radosgw.ts";
import { opensslMissing, tlsFront } from "../../test/tls-front.ts";
import type { S3Address } from "../config-s3.ts";
import type { Log } from "../log.ts";
import { BlobsAway, BlobsFull } from "../ports/blobs.ts";
import { createS3Blobs } from "./blobs-s3.ts";

const missing = radosgwMissing();
const noCertificates = opensslMissing();
const bytes = new Uint8Array(200_000).fill(7);
const key = "media/one/list";

/** What an operator reads. */
function keptLog(): { log: Log; lines: () => { level: number; msg: string }[]; text: () => string } {
  const lines: string[] = [];
  const log = pino({ level: "info", base: null }, { write: (line: string) => void lines.push(line) });
  return { log, lines: () => lines.map((line) => JSON.parse(line)), text: () => lines.join("") };
}

async function fails(work: Promise<unknown>): Promise<BlobsAway | BlobsFull> {
  const outcome = await work.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
  if (outcome instanceof BlobsAway || outcome instanceof BlobsFull) return outcome;
  throw new Error(`not refused in our words: ${String(outcome)}`, { cause: outcome });
}

describe.skipIf(missing !== null)(`S3 that fails${missing === null ? "" : `: ${missing}`}`, () => {
  let s3: Radosgw;
  let address: S3Address;
  beforeAll(async () => {
    s3 = await startRadosgw();
    address = await s3.bucket();
  }, 120_000);
  afterAll(async () => s3[Symbol.asyncDispose]());

  test.skipIf(noCertificates !== null)(
    `a certificate that is expired, foreign or of another name is refused in plain words, and a renewed one works without a restart${noCertificates === null ? "" : ` (${noCertificates})`}`,
    async () => {
      await using front = await tlsFront(s3.endpoint);
      const { log, lines, text } = keptLog();
      const blobs = createS3Blobs({ address: { ...address, endpoint: front.url }, log, ca: front.ca });
      const seen: string[] = [];
      for (const which of ["expired", "selfSigned", "otherName"] as const) {
        await front.show(which);
        for (const work of [() => blobs.put(key, bytes), () => blobs.get(key), () => blobs.delete(key)])
          seen.push(`${which}: ${(await fails(work())).message}`);
        await front.show("good");
        await blobs.put(key, bytes);
        expect(await new Response(await blobs.get(key)).bytes()).toEqual(bytes);
      }
      console.log([...new Set(seen)].join("\n"));
      expect(new Set(seen).size).toBe(3);
      expect(seen[0]).toContain("has expired");
      expect(seen[3]).toContain("nobody signed whom this machine trusts");
      expect(seen[6]).toContain("another name");
      // One line for each time that it began to fail, one for each time that it worked again.
      expect(lines().map(({ level }) => level)).toEqual([50, 30, 50, 30, 50, 30]);
      expect(text()).not.toContain(address.secretAccessKey);
    },
  );

  test("a store that is gone, silent, or breaks off: clear words within the time limit, and back without a restart", async () => {
    await using line = await cutLine(s3.endpoint);
    const { log, lines } = keptLog();
    const through = { ...address, endpoint: line.url };
    const blobs = createS3Blobs({ address: through, log, timeoutMs: 700 });
    await blobs.put(key, bytes);
    line.stall();
    const silent = await fails(blobs.get(key));
    expect(silent.message).toContain("no answer within 0.7 s");
    line.cut();
    line.flow();
    expect(await new Response(await blobs.get(key)).bytes()).toEqual(bytes);
    line.block();
    const gone = await fails(blobs.put(key, bytes));
    line.open();
    await blobs.put(key, bytes);
    const nobody = createS3Blobs({ address: { ...address, endpoint: `http://127.0.0.1:${freePort()}` }, log });
    const refused = await fails(nobody.get(key));
    console.log([silent, gone, refused].map(({ message }) => message).join("\n"));
    expect(refused.message).toContain("nothing listens there");
    expect(lines().map(({ level }) => level)).toEqual([50, 30, 50, 30, 50]);
  });

  test("many callers of a silent store: few connections, a bounded queue, and all are told within the limit", async () => {
    await using line = await cutLine(s3.endpoint);
    line.stall();
    const { log, lines } = keptLog();
    const blobs = createS3Blobs({ address: { ...address, endpoint: line.url }, log, timeoutMs: 300 });
    const rssBefore = process.memoryUsage.rss();
    const began = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 2_000 }, async () => await fails(blobs.get(key))));
    const tookMs = Math.round(performance.now() - began);
    const grownMb = Math.round((process.memoryUsage.rss() - rssBefore) / 1e6);
    const turnedAway = outcomes.filter(({ message }) => message.includes("too much waits")).length;
    console.log(
      `2,000 readers of a silent store: ${turnedAway} told at once, the last after ${tookMs} ms, memory +${grownMb} MB`,
    );
    expect(turnedAway).toBe(2_000 - 64 - 512);
    expect(lines().filter(({ level }) => level >= 40).length).toBe(1);
    line.cut();
    line.flow();
    await blobs.put(key, bytes);
  });

  test("wrong key, secret, bucket: said by their names, and never the secret itself", async () => {
    const { log, lines, text } = keptLog();
    const words = async (change: Partial<S3Address>) =>
      (await fails(createS3Blobs({ address: { ...address, ...change }, log }).get(key))).message;
    expect(await words({ accessKeyId: "NOBODY" })).toContain("does not know the key");
    expect(await words({ secretAccessKey: "a wrong secret" })).toContain("does not accept the secret");
    expect(await words({ bucket: "not-made-yet" })).toContain("no such bucket");
    expect(lines().length).toBe(3);
    expect(text()).not.toMatch(/a wrong secret|test\/secret/);
  });

  test("a full quota is BlobsFull and keeps nothing; with room again the same put works", async () => {
    const own = await s3.bucket();
    const { log, lines } = keptLog();
    const blobs = createS3Blobs({ address: own, log });
    await blobs.put("media/first/list", bytes);
    await s3.quota(300_000);
    const outcomes: string[] = [];
    // Ceph's account of what is kept lags a little behind.
    for (let n = 0; n < 40 && outcomes.at(-1) !== "full"; n += 1) {
      await Bun.sleep(100);
      outcomes.push(
        await blobs.put(`media/n${n}/list`, bytes).then(
          () => "kept",
          (error) => (error instanceof BlobsFull ? "full" : String(error)),
        ),
      );
    }
    const kept = outcomes.filter((one) => one === "kept").length;
    console.log(
      `a quota of 300,000 bytes: ${kept} more of 200,000 kept, then ${outcomes.at(-1)}; ${lines().at(-1)?.msg}`,
    );
    expect(outcomes.at(-1)).toBe("full");
    expect((await allBlobs(blobs)).length).toBe(1 + kept);
    await s3.quota(null);
    const again = async () =>
      await blobs.put("media/later/list", bytes).then(
        () => true,
        () => false,
      );
    for (let tries = 0; tries < 100 && !(await again()); tries += 1) await Bun.sleep(100);
    expect((await allBlobs(blobs)).map(({ key: at }) => at)).toContain("media/later/list");
  });
});
