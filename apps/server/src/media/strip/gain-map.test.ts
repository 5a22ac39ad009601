import { expect, test } from "bun:test";
import sharp from "sharp";
import { drawPhoto } from "../drawn-photo.ts";
import { xmpGainMap, isoGainMap } from "./gain-map-metadata.ts";
import { stripJpeg } from "./jpeg.ts";
import { splitJpeg } from "./jpeg-parts.ts";

const canary = "CANARY-51.5007N";
const description = (inside: string, attributes = "") =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ${attributes}>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`;
const parameters = `xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" hdrgm:GainMapMin="0" hdrgm:GainMapMax="2.5" hdrgm:Gamma="1" hdrgm:OffsetSDR="0.015625" hdrgm:OffsetHDR="0.015625" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="2.5" hdrgm:BaseRenditionIsHDR="False"`;

async function hdrPhoto(): Promise<{ file: Uint8Array; map: Buffer }> {
  const pixels = await drawPhoto({ seed: 7, width: 160, height: 120 });
  const map = await sharp(pixels)
    .resize(40)
    .greyscale()
    .withXmp(description("", `${parameters} dc:title="${canary}" exif:GPSLatitude="${canary}"`))
    .withExif({ IFD0: { Make: canary } })
    .jpeg()
    .toBuffer();
  const items = `<Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${map.length}"/></rdf:li></rdf:Seq></Container:Directory>`;
  const names = `xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" exif:GPSLatitude="${canary}"`;
  const primary = await sharp(pixels)
    .withXmp(description(items, names))
    .withExif({ IFD3: { GPSLatitude: "51/1 30/1 252/100" } })
    .jpeg()
    .toBuffer();
  return { file: new Uint8Array(Buffer.concat([primary, map])), map };
}

test("R20 C27: a gain map stays, stripped, and is found where the new indexes say", async () => {
  const { file, map } = await hdrPhoto();
  const { bytes } = stripJpeg(file);
  expect(Buffer.from(bytes).includes(canary)).toBe(false);
  expect(Buffer.from(bytes).includes("GPSLatitude")).toBe(false);
  const metadata = await sharp(bytes).metadata();
  expect(metadata.gainMap === undefined).toBe(false);

  const { parts, end } = splitJpeg(bytes);
  const second = bytes.subarray(end);
  expect(await sharp(second).raw().toBuffer()).toEqual(await sharp(map).raw().toBuffer());
  expect(Buffer.from(second).includes('hdrgm:GainMapMax="2.5"')).toBe(true);
  const mpf = parts.find(({ payload }) => Buffer.from(payload.subarray(0, 4)).equals(Buffer.from("MPF\0")));
  const view = new DataView(bytes.buffer, (mpf?.at ?? 0) + 8);
  expect([view.getUint32(54), view.getUint32(70), view.getUint32(74) + (mpf?.at ?? 0) + 8]).toEqual([
    end,
    second.length,
    end,
  ]);
  const xmp = Buffer.from(bytes.subarray(0, end)).toString("latin1");
  expect(/Item:Length="(\d+)"/.exec(xmp)?.[1]).toBe(String(second.length));
  expect(stripJpeg(bytes).bytes).toEqual(bytes);
});

test("R20: what follows a photo and is no gain map goes: previews, videos, other pictures", async () => {
  const plain = await drawPhoto({ seed: 7, width: 160, height: 120, exif: true });
  const followed = new Uint8Array(
    Buffer.concat([plain, await drawPhoto({ seed: 8, width: 80, height: 60, exif: true })]),
  );
  expect(stripJpeg(followed).bytes).toEqual(stripJpeg(plain).bytes);
  expect(stripJpeg(new Uint8Array(Buffer.concat([plain, Buffer.from("\0\0\0\x18ftypmp42")]))).bytes).toEqual(
    stripJpeg(plain).bytes,
  );
});

test("parameters are numbers or nothing, for one channel and for three", () => {
  expect(xmpGainMap("<a/>")).toBeNull();
  const three =
    "<hdrgm:GainMapMax><rdf:Seq><rdf:li>1.5</rdf:li><rdf:li>2</rdf:li><rdf:li>-3e1</rdf:li></rdf:Seq></hdrgm:GainMapMax>";
  expect(xmpGainMap(three)).toContain("<rdf:li>1.5</rdf:li><rdf:li>2</rdf:li><rdf:li>-3e1</rdf:li>");
  const sly = xmpGainMap(`hdrgm:GainMapMax="51.5007N" hdrgm:Gamma="1.0"`);
  expect([sly?.includes("51.5"), sly?.includes('hdrgm:Gamma="1.0"')]).toEqual([false, true]);
});

test("ISO 21496-1 parameters are cut to their own length", () => {
  const one = Uint8Array.from({ length: 61 + 20 }, (_, at) => (at === 4 ? 0x40 : at));
  expect(isoGainMap(one)).toEqual(one.slice(0, 61));
  expect(isoGainMap(one.slice(0, 60))).toBeNull();
});
