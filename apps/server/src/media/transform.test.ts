import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { Refusal } from "../errors.ts";
import { drawPhoto } from "./drawn-photo.ts";
import type { Transformed } from "./renditions.ts";
import { openPhoto, transform } from "./transform.ts";
import { blankProfile } from "./strip/icc.ts";
import { sniff, checkPixels } from "./verify.ts";

const dir = mkdtempSync(join(tmpdir(), "sotto-transform-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let made = 0;

interface Result {
  photo: Transformed;
  list: Buffer;
  full: Buffer;
}

async function through(source: Uint8Array): Promise<Result> {
  const base = join(dir, `p${made++}`);
  await mkdir(base);
  await writeFile(`${base}.in`, source);
  const opened = await openPhoto(`${base}.in`);
  if (opened instanceof Refusal) throw new Error(opened.detail);
  const photo = await transform(opened, base);
  if (photo instanceof Refusal) throw new Error(photo.detail);
  return { photo, list: await readFile(join(base, "list")), full: await readFile(join(base, "full")) };
}

/** Mean difference of a channel, both made small: encoders differ by a little, mistakes by a lot. */
async function difference(one: Buffer | Uint8Array, other: Buffer | Uint8Array): Promise<number> {
  const small = (bytes: Buffer | Uint8Array) =>
    sharp(bytes)
      .autoOrient()
      .flatten()
      .toColourspace("srgb")
      .resize(64, 64, { fit: "fill" })
      .removeAlpha()
      .raw()
      .toBuffer();
  const [a, b] = [await small(one), await small(other)];
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}

const drawn = (): Promise<Uint8Array> => drawPhoto({ seed: 10, width: 400, height: 260 });

for (let orientation = 1; orientation <= 8; orientation += 1) {
  test(`C27: orientation ${orientation} is baked as every other viewer turns it`, async () => {
    const source = new Uint8Array(
      await sharp(await drawn())
        .withMetadata({ orientation })
        .jpeg({ quality: 95 })
        .toBuffer(),
    );
    const { photo, list, full } = await through(source);
    expect([photo.width, photo.height]).toEqual(orientation > 4 ? [260, 400] : [400, 260]);
    expect([await difference(list, source), await difference(full, source)].map((value) => value < 4)).toEqual([
      true,
      true,
    ]);
    const { width, height, orientation: left } = await sharp(full).metadata();
    expect([width, height, left]).toEqual([photo.width, photo.height, undefined]);
  });
}

const colours: [string, (image: Sharp) => Sharp, string][] = [
  ["CMYK becomes sRGB", (image) => image.toColourspace("cmyk").jpeg({ quality: 95 }), "image/jpeg"],
  ["16 bits become 8", (image) => image.toColourspace("rgb16").png(), "image/jpeg"],
  ["grey stays grey", (image) => image.greyscale().jpeg(), "image/jpeg"],
  ["10-bit AVIF", (image) => image.avif({ bitdepth: 10, effort: 0 }), "image/jpeg"],
  ["an alpha channel that hides nothing is no reason for WebP", (image) => image.ensureAlpha().png(), "image/jpeg"],
  ["what shines through stays so", (image) => image.ensureAlpha(0.5).png(), "image/webp"],
];
for (const [name, encode, mimeType] of colours) {
  test(`C27: ${name}`, async () => {
    const source = new Uint8Array(await encode(sharp(await drawn())).toBuffer());
    const { photo, list } = await through(source);
    expect(photo.renditions.list.mimeType).toBe(mimeType);
    expect(await difference(list, source)).toBeLessThan(6);
    const { depth, hasAlpha, space } = await sharp(list).metadata();
    expect([depth, hasAlpha]).toEqual(["uchar", mimeType === "image/webp"]);
    expect(["srgb", "b-w"]).toContain(space);
  });
}

test("C27: P3 stays P3: profile and pixels are carried over, in JPEG and in WebP", async () => {
  for (const alpha of [false, true]) {
    const image = sharp(await drawn()).withIccProfile("p3");
    const source = new Uint8Array(
      await (alpha ? image.ensureAlpha(0.9).png() : image.jpeg({ quality: 95 })).toBuffer(),
    );
    const profile = (await sharp(source).metadata()).icc;
    const { list, full } = await through(source);
    for (const rendition of [list, full]) {
      expect((await sharp(rendition).metadata()).icc).toEqual(Buffer.from(blankProfile(profile ?? Buffer.alloc(0))));
      expect(await difference(rendition, source)).toBeLessThan(4);
    }
  }
});

test("C27: a vivid P3 colour keeps its numbers: nothing is converted on the way", async () => {
  const vivid = { width: 64, height: 64, channels: 3, background: "#00ff00" } as const;
  const source = await sharp({ create: vivid }).withIccProfile("p3").png().toBuffer();
  const { list } = await through(new Uint8Array(source));
  const [wanted, got] = await Promise.all(
    [source, list].map(async (bytes) => await sharp(bytes, { ignoreIcc: true }).removeAlpha().raw().toBuffer()),
  );
  for (const channel of [0, 1, 2]) expect(Math.abs((wanted?.[channel] ?? 0) - (got?.[channel] ?? 999))).toBeLessThan(4);
});

test("C27: animations stand still in the renditions and are called animated", async () => {
  const frames = await Promise.all(
    [1, 2, 3].map(async (seed) =>
      sharp(await drawPhoto({ seed, width: 90, height: 60 }))
        .png()
        .toBuffer(),
    ),
  );
  for (const format of ["gif", "webp"] as const) {
    const source = new Uint8Array(
      await sharp(frames, { join: { animated: true } })
        [format]()
        .toBuffer(),
    );
    const { photo, list } = await through(source);
    expect([photo.animated, photo.width, photo.height]).toEqual([true, 90, 60]);
    expect((await sharp(list).metadata()).pages ?? 1).toBe(1);
    expect(await difference(list, frames[0] ?? Buffer.alloc(0))).toBeLessThan(14);
  }
});

test("C32: small photos are not blown up, large ones are bounded on their long edge", async () => {
  const small = (await through(await drawPhoto({ seed: 1, width: 50, height: 20 }))).photo.renditions;
  expect([small.list.width, small.full.width, small.original.width]).toEqual([50, 50, 50]);
  const tall = (await through(await drawPhoto({ seed: 1, width: 300, height: 3000 }))).photo.renditions;
  expect([tall.list.height, tall.full.height, tall.full.width]).toEqual([960, 2048, 205]);
});

test("T13: content decides, whatever a file pretends to be", async () => {
  const refused = [
    "<svg xmlns='http://www.w3.org/2000/svg'/>",
    "<!DOCTYPE html>",
    "%PDF-1.4",
    "\0\0\x01\0\x01\0",
    "\0\0\0\x18ftypisom\0\0\0\0mp42",
    "RIFF\0\0\0\0WAVE",
    "PK\x03\x04",
    "BM",
    "II*\0",
    "8BPS",
    "\x1aE\xdf\xa3",
  ];
  for (const text of refused) {
    const result = await sniff(new Uint8Array(Buffer.from(text.padEnd(64, "\0"), "latin1")));
    expect([text, result instanceof Refusal && result.code]).toEqual([text, "unsupported_media"]);
  }
  expect(await sniff(new Uint8Array(0))).toMatchObject({ code: "damaged_media" });
});

test("T14: the moment at which valid becomes too large", () => {
  const passes = (width: number, height: number, frames: number) => checkPixels({ width, height, frames }) === null;
  expect([passes(10_000, 5_000, 1), passes(10_000, 5_001, 1)]).toEqual([true, false]);
  expect([passes(65_500, 1, 1), passes(65_501, 1, 1)]).toEqual([true, false]);
  expect([passes(1, 1, 1_000), passes(1, 1, 1_001)]).toEqual([true, false]);
  expect([passes(2_000, 2_000, 100), passes(2_000, 2_000, 101)]).toEqual([true, false]);
  expect([passes(0, 10, 1), passes(10, 0, 1)]).toEqual([false, false]);
});
