import { expect, test } from "bun:test";
import sharp from "sharp";
import { canary, taggedPhoto, type MadeFormat } from "../../../test/tagged-photos.ts";
import { Refusal } from "../../errors.ts";
import { seededRandom } from "../seeded-random.ts";
import { stripMetadata } from "../strip.ts";
import { blankProfile } from "./icc.ts";
import type { Stripped } from "./stripped.ts";

const formats: MadeFormat[] = ["jpeg", "png", "webp", "gif", "avif"];

function strip(format: MadeFormat, bytes: Uint8Array): Stripped {
  const stripped = stripMetadata(format, bytes);
  if (stripped instanceof Refusal) throw new Error(stripped.detail);
  return stripped;
}

function pixels(bytes: Uint8Array, format: MadeFormat): Promise<Buffer> {
  return sharp(bytes, { animated: format === "gif" || format === "webp", ignoreIcc: true })
    .raw()
    .toBuffer();
}

/** Coded picture data, found by the formats' own words. */
function codedPayload(bytes: Uint8Array, format: MadeFormat): Buffer {
  const buffer = Buffer.from(bytes);
  if (format === "jpeg")
    return buffer.subarray(buffer.indexOf(Buffer.from([0xff, 0xda])), buffer.indexOf(Buffer.from([0xff, 0xd9])));
  if (format === "png") return buffer.subarray(buffer.indexOf("IDAT"), buffer.indexOf("IEND"));
  if (format === "gif") return buffer.subarray(buffer.indexOf(Buffer.from([0x21, 0xf9])), buffer.lastIndexOf(0x3b));
  const at = format === "webp" ? buffer.lastIndexOf("VP8") : buffer.indexOf("mdat");
  return buffer.subarray(at, format === "webp" ? at + 8 + buffer.readUInt32LE(at + 4) : at + 8);
}

for (const format of formats) {
  for (const seed of [1, 2]) {
    test(`C28 R20: ${format} ${seed}: everything that tells goes, every pixel stays`, async () => {
      const source = await taggedPhoto(format, { seed });
      expect(Buffer.from(source).includes(canary)).toBe(true);
      const stripped = strip(format, source);
      const kept = Buffer.from(stripped.bytes);
      for (const word of [
        canary,
        "GPSLatitude",
        "Lumenwerk",
        'adobe:ns:meta/"><rdf',
        "prVt",
        "XMP Data",
        "mpvd",
        "Photoshop",
      ]) {
        expect([word, kept.includes(word)]).toEqual([word, false]);
      }
      expect(await pixels(stripped.bytes, format)).toEqual(await pixels(source, format));
      expect(codedPayload(stripped.bytes, format)).toEqual(codedPayload(source, format));
    });
  }

  test(`C27: ${format}: colour profile, orientation, size and frames are those of the source`, async () => {
    // AVIF turns by its own property, which its headers already count in.
    const source = await taggedPhoto(format, { orientation: format === "avif" ? 1 : 6 });
    const stripped = strip(format, source);
    const [before, after] = [await sharp(source).metadata(), await sharp(stripped.bytes).metadata()];
    const wordless = before.icc === undefined ? undefined : Buffer.from(blankProfile(before.icc));
    expect(after.icc).toEqual(wordless);
    if (wordless !== undefined) expect(Buffer.from(stripped.icc ?? [])).toEqual(wordless);
    if (format !== "avif")
      expect([after.orientation, stripped.orientation]).toEqual([before.orientation, before.orientation ?? 1]);
    expect([stripped.width, stripped.height, stripped.frames]).toEqual([
      before.width,
      before.pageHeight ?? before.height,
      before.pages ?? 1,
    ]);
    expect([after.loop, after.delay]).toEqual([before.loop, before.delay]);
    expect(after.exif === undefined || after.exif.length < 40).toBe(true);
  });

  test(`${format}: what is stripped stays as it is when stripped again`, async () => {
    const once = strip(format, await taggedPhoto(format));
    expect(strip(format, once.bytes).bytes).toEqual(once.bytes);
  });

  test(`T16: ${format}: corrupt bytes are refused or stripped, never a crash, and nothing that was removed comes back`, async () => {
    const source = await taggedPhoto(format);
    const random = seededRandom(7);
    const counts = { kept: 0, refused: 0 };
    for (let round = 0; round < 600; round += 1) {
      const broken = source.slice(0, round % 3 === 0 ? 1 + Math.floor(random() * source.length) : source.length);
      for (let change = 0; change < 1 + (round % 8); change += 1)
        broken[Math.floor(random() * broken.length)] = Math.floor(random() * 256);
      const result = stripMetadata(format, broken);
      counts[result instanceof Refusal ? "refused" : "kept"] += 1;
    }
    console.log(`${format}: ${counts.kept} stripped, ${counts.refused} refused, 0 crashes`);
    expect(counts.kept + counts.refused).toBe(600);
  });

  test(`${format}: a file cut anywhere before its picture ends is refused`, async () => {
    const source = await taggedPhoto(format);
    const whole = strip(format, source).bytes;
    const end = format === "avif" ? whole.lastIndexOf(0) : whole.length - 2;
    for (let cut = 16; cut < end - 16; cut += Math.ceil(end / 60)) {
      const result = stripMetadata(format, whole.slice(0, cut));
      // A GIF may end between two frames: some lack their trailer.
      if (!(result instanceof Refusal) && format !== "gif" && format !== "avif")
        throw new Error(`${format} cut at ${cut} of ${whole.length} passed`);
    }
  });
}
