import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { countLeaks, secretsOf, type Secrets } from "../../test/leak-search.ts";
import { startTestMedia, type TestMedia } from "../../test/media-kit.ts";
import { corpusExpected, expectedOutcome } from "./corpus-expected.ts";
import { decodeHeic } from "./decode-heic.ts";
import { renditionNames } from "./renditions.ts";

/** Every file of a folder of real photos and hostile files, through upload and out again. */
const corpus = process.env["SOTTO_CORPUS"];
const skipped = corpus === undefined;
const why = skipped ? " (skipped: SOTTO_CORPUS names no folder)" : "";
const lanes = 2;

let kit: TestMedia;
beforeAll(async () => {
  if (!skipped) kit = await startTestMedia();
}, 120_000);
afterAll(async () => {
  if (!skipped) await kit[Symbol.asyncDispose]();
});

interface Tally {
  files: number;
  withPlace: number;
  withWords: number;
  places: number;
  words: number;
  plantedFound: number;
}

const tally: Tally = { files: 0, withPlace: 0, withWords: 0, places: 0, words: 0, plantedFound: 0 };

for (const folder of corpusExpected) {
  test.skipIf(skipped)(`C27 C28 T17: ${folder.folder}: every file comes out as expected${why}`, async () => {
    const files = readdirSync(join(corpus ?? "", folder.folder)).toSorted();
    expect(files.length).toBe(folder.files);
    const outcomes: Record<string, string> = {};
    await inLanes(files, async (file) => {
      // Each has an owner of its own: photos that nobody sends count against a quota.
      outcomes[file] = await throughPipeline(await kit.addPerson(), join(corpus ?? "", folder.folder, file));
    });
    expect(outcomes).toEqual(Object.fromEntries(files.map((file) => [file, expectedOutcome(folder, file)])));
  });
}

test.skipIf(skipped)(`T17: coordinates left are 0, and the search finds them in every source${why}`, () => {
  console.log(
    `T17: ${tally.files} files, ${tally.withPlace} with coordinates, ${tally.withWords} with device words; ` +
      `coordinates left ${tally.places}, device words left ${tally.words}; found in the sources ${tally.plantedFound} of ${tally.withPlace + tally.withWords}`,
  );
  expect(tally.withPlace).toBeGreaterThan(15);
  expect(tally.plantedFound).toBe(tally.withPlace + tally.withWords);
  expect([tally.places, tally.words]).toEqual([0, 0]);
});

test(`docs/formats.md lists every file of the corpus with its expected outcome${why}`, () => {
  const doc = readFileSync(join(import.meta.dir, "../../../../docs/formats.md"), "utf8");
  const rows = new Map(
    [...doc.matchAll(/^\| `([^`|]+\/[^`|]+)` \| (\w+) \|/gm)].map(([, file = "", outcome = ""]) => [file, outcome]),
  );
  expect(rows.size).toBe(corpusExpected.reduce((sum, { files }) => sum + files, 0));
  for (const [path, outcome] of rows) {
    const [name = "", file = ""] = path.split("/");
    const folder = corpusExpected.find((one) => one.folder === name);
    expect([path, outcome]).toEqual([path, folder === undefined ? "no such folder" : expectedOutcome(folder, file)]);
  }
  for (const folder of corpusExpected) {
    for (const file of Object.keys(folder.except ?? {})) expect(rows.has(`${folder.folder}/${file}`)).toBe(true);
  }
});

async function throughPipeline(owner: string, path: string): Promise<string> {
  const source = new Uint8Array(readFileSync(path));
  const id = await kit.upload(owner, source);
  const state = await kit.settled(id);
  tally.files += 1;
  if (state.state === "failed") {
    for (const name of renditionNames) expect((await kit.fetch(owner, id, name)).status).toBe(404);
    return state.error?.code ?? "no code";
  }
  const secrets = await secretsOf(source);
  noteSecrets(source, secrets);
  const icc =
    state.media?.renditions.original.mimeType === "image/heic" ? undefined : (await sharp(source).metadata()).icc;
  for (const name of renditionNames) {
    const response = await kit.fetch(owner, id, name);
    expect([path, name, response.status]).toEqual([path, name, 200]);
    const served = new Uint8Array(await response.arrayBuffer());
    const leaks = countLeaks(served, secrets, icc);
    if (leaks.places + leaks.words > 0) console.log(`left in ${name} of ${path}: ${JSON.stringify(leaks)}`);
    tally.places += leaks.places;
    tally.words += leaks.words;
    if (name === "original")
      await expectSamePixels({ path, source, served, mimeType: response.headers.get("content-type") ?? "" });
  }
  return "ok";
}

/** The search must find in each source what it must not find in what is served: a search that finds nothing proves nothing. */
function noteSecrets(source: Uint8Array, secrets: Secrets): void {
  const found = countLeaks(source, secrets);
  if (secrets.places.length > 0) tally.withPlace += 1;
  if (secrets.words.length > 0) tally.withWords += 1;
  tally.plantedFound += (found.places > 0 ? 1 : 0) + (found.words > 0 ? 1 : 0);
}

async function expectSamePixels(options: {
  path: string;
  source: Uint8Array;
  served: Uint8Array;
  mimeType: string;
}): Promise<void> {
  const { path, source, served, mimeType } = options;
  const [before, after] = await Promise.all([source, served].map((bytes) => decode(bytes, mimeType)));
  expect([path, before?.equals(after ?? Buffer.alloc(0))]).toEqual([path, true]);
}

async function decode(bytes: Uint8Array, mimeType: string): Promise<Buffer> {
  if (mimeType === "image/heic") {
    const pixels = await decodeHeic(bytes);
    if (!("data" in pixels)) throw new Error(pixels.detail);
    return Buffer.from(pixels.data.buffer);
  }
  const all = { animated: mimeType === "image/gif" || mimeType === "image/webp", limitInputPixels: false } as const;
  return await sharp(bytes, { ...all, failOn: "none" })
    .raw()
    .toBuffer();
}

async function inLanes(files: readonly string[], work: (file: string) => Promise<void>): Promise<void> {
  const waiting = [...files];
  const lane = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await work(file);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
