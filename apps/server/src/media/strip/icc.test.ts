import { expect, test } from "bun:test";
import sharp from "sharp";
import { blankProfile } from "./icc.ts";
import { joinIcc, splitJpeg } from "./jpeg-parts.ts";
import { addPngProfile } from "./png.ts";

const canvas = { width: 16, height: 16, channels: 3, background: { r: 200, g: 100, b: 50 } } as const;

async function p3(): Promise<Uint8Array> {
  const jpeg = await sharp({ create: canvas }).withIccProfile("p3").jpeg().toBuffer();
  return joinIcc(splitJpeg(new Uint8Array(jpeg)).parts) ?? new Uint8Array(0);
}

/** With words where a tag's text stands, and behind everything. */
async function talkative(): Promise<Uint8Array> {
  const profile = await p3();
  const long = Buffer.concat([profile, Buffer.from("CANARY behind it")]);
  long.writeUInt32BE(long.length, 0);
  const at = (tag: string): number => long.readUInt32BE(long.indexOf(tag, 128) + 4);
  long.write("CANARY", at("cprt") + 28, "latin1");
  return new Uint8Array(long);
}

async function shown(icc: Uint8Array): Promise<Buffer> {
  const png = new Uint8Array(await sharp({ create: canvas }).png().toBuffer());
  return await sharp(addPngProfile(png, icc)).raw().toBuffer();
}

test("C28 C27: a profile loses its words and no colour", async () => {
  const source = await talkative();
  const blank = blankProfile(source);
  expect([Buffer.from(source).includes("CANARY"), Buffer.from(blank).includes("CANARY")]).toEqual([true, false]);
  expect(blank.length).toBe(source.length);
  const [before, after] = [await shown(source), await shown(blank)];
  expect(after).toEqual(before);
  expect([...after.subarray(0, 3)]).not.toEqual([200, 100, 50]);
  expect(blankProfile(blank)).toEqual(blank);
});

test("T16: a profile that is no profile stays as it is", async () => {
  const profile = await p3();
  const far = profile.slice();
  new DataView(far.buffer).setUint32(136, 4_000_000_000);
  for (const icc of [new Uint8Array(0), profile.slice(0, 131), profile.slice(0, 300), far])
    expect(blankProfile(icc)).toEqual(icc);
});
