import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bombs } from "../../test/bombs.ts";
import { corruptEach } from "../../test/corrupt.ts";
import { startTestMedia, type TestMedia } from "../../test/media-kit.ts";
import { taggedPhoto } from "../../test/tagged-photos.ts";
import { Refusal } from "../errors.ts";
import { silentLog } from "../log.ts";
import { createChildPool } from "./child-pool.ts";
import { drawPhoto } from "./drawn-photo.ts";

let kit: TestMedia;
let dir: string;
beforeAll(async () => {
  kit = await startTestMedia();
  dir = mkdtempSync(join(tmpdir(), "sotto-hostile-"));
}, 60_000);
afterAll(async () => {
  await kit[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(0);

test("T14: bombs are refused, the server's memory stays as it is, and others' uploads finish beside them", async () => {
  const [attacker, other] = [await kit.addPerson(), await kit.addPerson()];
  const photo = await drawPhoto({ seed: 5, width: 1600, height: 1200, exif: true });
  await kit.settled(await kit.upload(other, photo));
  const list = await bombs();
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const outcomes: Record<string, string> = {};
  const attack = list.map(async ({ name, bytes }) => {
    const state = await kit.settled(await kit.upload(attacker, bytes));
    outcomes[name] = state.error?.code ?? "ok";
  });
  const innocent = Array.from({ length: 6 }, async () => (await kit.settled(await kit.upload(other, photo))).state);
  const states = await Promise.all(innocent);
  await Promise.all(attack);
  clearInterval(watch);
  console.log(
    `T14: ${list.length} bombs; server memory ${megabytes(before)} MB before, ${megabytes(most)} MB at most; others' uploads ready ${states.filter((state) => state === "ready").length} of ${states.length}`,
  );
  expect(outcomes).toEqual(Object.fromEntries(list.map(({ name, outcome }) => [name, outcome])));
  expect(states).toEqual(states.map(() => "ready"));
  expect(most - before).toBeLessThan(300 * 1024 * 1024);
}, 120_000);

test("T14: a child that takes too long is killed, and the next photo gets another", async () => {
  const input = join(dir, "slow.jpg");
  await writeFile(input, await drawPhoto({ seed: 6, width: 4000, height: 3000 }));
  const outputDir = join(dir, "slow.out");
  await mkdir(outputDir);
  await using hasty = createChildPool({ log: silentLog(), children: 1, timeoutMs: 20 });
  const late = await hasty.run({ input, outputDir });
  expect(late instanceof Refusal && late.code).toBe("damaged_media");
  await using patient = createChildPool({ log: silentLog(), children: 1 });
  expect(await patient.run({ input, outputDir })).toMatchObject({ width: 4000 });
});

test("T14: somebody with many photos waits for them alone: the next person's goes first", async () => {
  const [many, one] = [await kit.addPerson(), await kit.addPerson()];
  const [large, small] = [
    await drawPhoto({ seed: 8, width: 4000, height: 3000 }),
    await drawPhoto({ seed: 9, width: 800, height: 600 }),
  ];
  const first = kit.told.length;
  const began = performance.now();
  const ids = await Promise.all(Array.from({ length: 20 }, () => kit.upload(many, large)));
  await kit.settled(await kit.upload(one, small));
  const ready = performance.now();
  for (const id of ids) expect((await kit.settled(id)).state).toBe("ready");
  const order = kit.told.slice(first).map(({ ownerId }) => ownerId);
  const before = order.indexOf(one);
  const took = performance.now() - began;
  console.log(
    `T14: 20 photos of one person in ${took.toFixed(0)} ms; another's came after ${before} of them, at ${(ready - began).toFixed(0)} ms`,
  );
  expect(before).toBeLessThan(16);
}, 60_000);

test("T16: a server that stops lets photos go, and the next one begins them anew", async () => {
  await using stopping = await startTestMedia();
  const other = await stopping.addPerson();
  const photo = await drawPhoto({ seed: 8, width: 5000, height: 4000 });
  const ids = await Promise.all(Array.from({ length: 24 }, () => stopping.upload(other, photo)));
  const began = performance.now();
  await stopping.media.stop();
  const settled = stopping.told.length;
  console.log(`stopped in ${(performance.now() - began).toFixed(0)} ms with ${ids.length - settled} photos left to do`);
  expect(settled).toBeLessThan(24);
  const next = await stopping.startAnother();
  for (const id of ids) expect((await stopping.settled(id)).state).toBe("ready");
  await next.stop();
}, 60_000);

test("T16: a child killed in the middle of a photo costs it nothing: another one takes it", async () => {
  if (!readdirSync("/").includes("proc")) return console.log("skipped: no /proc here");
  const owner = await kit.addPerson();
  const id = await kit.upload(owner, await drawPhoto({ seed: 7, width: 5000, height: 4000 }));
  await Bun.sleep(60);
  const killed = childrenOf(process.pid).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("transform-child"),
  );
  for (const pid of killed) process.kill(pid, "SIGKILL");
  expect(killed.length).toBeGreaterThan(0);
  expect((await kit.settled(id)).state).toBe("ready");
});

test("T16: corrupt files of every format: a refusal or a picture, server crashes 0", async () => {
  const formats = ["jpeg", "png", "webp", "gif", "avif"] as const;
  const sources = await Promise.all(
    formats.map(async (format) => ({ name: format, bytes: await taggedPhoto(format) })),
  );
  const counts = await corruptEach({ sources, each: 12, seed: 16, dir });
  console.log(
    `T16: ${counts.files} corrupt files: ${counts.shown} shown, ${counts.refused} refused, ${counts.other} other; server crashes 0`,
  );
  expect([counts.files, counts.other]).toEqual([60, 0]);
}, 120_000);

function childrenOf(parent: number): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1] === String(parent);
    } catch {
      return false;
    }
  });
}
