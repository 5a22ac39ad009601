import { expect, test } from "bun:test";
import sharp from "sharp";
import { toStandard } from "./convert.ts";
import { drawPhoto } from "./drawn-photo.ts";
import { fromPixels, toPixels, type Pixels } from "./pixels.ts";
import { addPngProfile } from "./strip/png.ts";
import { joinIcc, splitJpeg } from "./strip/jpeg-parts.ts";

const drawn = async (): Promise<Pixels> => await toPixels(sharp(await drawPhoto({ seed: 4, width: 120, height: 80 })));

/** Display P3, and as many bytes behind it as a printer's tables have. */
async function heavyP3(bytes: number): Promise<Uint8Array> {
  const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#000" } })
    .withIccProfile("p3")
    .jpeg()
    .toBuffer();
  const heavy = new Uint8Array(bytes);
  heavy.set(joinIcc(splitJpeg(new Uint8Array(jpeg)).parts) ?? new Uint8Array(0));
  new DataView(heavy.buffer).setUint32(0, bytes);
  return heavy;
}

test("C27: pixels with a heavy profile become sRGB by that profile", async () => {
  const pixels = await drawn();
  const standard = await toStandard(pixels, await heavyP3(200_000));
  const light = addPngProfile(new Uint8Array(await fromPixels(pixels).png().toBuffer()), await heavyP3(480));
  const wanted = await sharp(light).raw().toBuffer();
  expect([standard.width, standard.height, standard.channels]).toEqual([pixels.width, pixels.height, 3]);
  expect(Buffer.from(standard.data).equals(Buffer.from(pixels.data))).toBe(false);
  let most = 0;
  for (const [at, value] of wanted.entries()) most = Math.max(most, Math.abs(value - (standard.data[at] ?? 999)));
  expect(most).toBeLessThan(3);
});

test("C27 T14: a profile that is huge, empty or of another space changes nothing and throws nothing", async () => {
  const pixels = await drawn();
  const grey = await heavyP3(20_000);
  grey.set(Buffer.from("GRAY"), 16);
  const nothing = new Uint8Array(3_000_000);
  nothing.set(Buffer.from("RGB XYZ "), 16);
  for (const icc of [await heavyP3(17_000_000), nothing, grey, new Uint8Array(20_000)]) {
    const same = await toStandard(pixels, icc);
    expect([icc.length, same.channels, Buffer.from(same.data).equals(Buffer.from(pixels.data))]).toEqual([
      icc.length,
      3,
      true,
    ]);
  }
});
