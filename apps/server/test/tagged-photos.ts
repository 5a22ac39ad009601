import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import type { PhotoFormat } from "../src/media/strip.ts";

/** Small photos of each format that carry everything a strip must take away, each with this word in it. */
export const canary = "CANARY-51.5007N";

export type MadeFormat = Exclude<PhotoFormat, "heic">;

export async function taggedPhoto(
  format: MadeFormat,
  options: { seed?: number; orientation?: number } = {},
): Promise<Uint8Array> {
  const { seed = 1, orientation = 6 } = options;
  const pixels = await drawPhoto({ seed, width: 120, height: 80 });
  const image = sharp(pixels)
    .withIccProfile("p3")
    .withExif({
      IFD0: { Make: canary, Copyright: canary },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 252/100" },
    })
    .withXmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description exif:GPSLatitude="${canary}"/></rdf:RDF></x:xmpmeta>`,
    )
    .withMetadata({ orientation });
  if (format === "jpeg") return tagJpeg(await image.jpeg({ progressive: seed % 2 === 1 }).toBuffer());
  if (format === "png") return tagPng(await image.png().toBuffer());
  if (format === "webp") return tagWebp(await image.webp({ lossless: seed % 2 === 1 }).toBuffer());
  if (format === "avif") return tagHeif(await image.avif({ effort: 0 }).toBuffer());
  return tagGif(await animated(pixels));
}

/** A comment, IPTC, a maker's segment, and a video behind the end. */
function tagJpeg(jpeg: Buffer): Uint8Array {
  const segment = (code: number, text: string) =>
    Buffer.concat([
      Buffer.from([0xff, code, (text.length + 2) >> 8, (text.length + 2) & 255]),
      Buffer.from(text, "latin1"),
    ]);
  const added = [
    segment(0xfe, canary),
    segment(0xed, `Photoshop 3.0\0${canary}`),
    segment(0xe4, canary),
    segment(0xe0, `JFXX\0${canary}`),
  ];
  return new Uint8Array(
    Buffer.concat([
      jpeg.subarray(0, 2),
      ...added,
      jpeg.subarray(2),
      Buffer.from(`\0\0\0\x18ftypmp42${canary}`, "latin1"),
    ]),
  );
}

/** Text in three forms, the time, an unknown chunk, and something behind the end. */
function tagPng(png: Buffer): Uint8Array {
  const added = [
    pngChunk("tEXt", Buffer.from(`Comment\0${canary}`)),
    pngChunk("zTXt", Buffer.concat([Buffer.from("Raw profile type exif\0\0"), deflateSync(canary)])),
    pngChunk("iTXt", Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${canary}`)),
    pngChunk("tIME", Buffer.from([7, 234, 1, 2, 3, 4, 5])),
    pngChunk("prVt", Buffer.from(canary)),
  ];
  return new Uint8Array(Buffer.concat([png.subarray(0, 33), ...added, png.subarray(33), Buffer.from(canary)]));
}

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** An unknown chunk inside, and bytes behind the RIFF. */
function tagWebp(webp: Buffer): Uint8Array {
  const data = Buffer.from(canary.padEnd(16));
  const chunk = Buffer.concat([Buffer.from("prVt"), Buffer.from([data.length, 0, 0, 0]), data]);
  const grown = Buffer.concat([webp, chunk]);
  grown.writeUInt32LE(grown.length - 8, 4);
  return new Uint8Array(Buffer.concat([grown, Buffer.from(canary)]));
}

/** A comment, application data, and something behind the trailer. */
function tagGif(gif: Buffer): Uint8Array {
  const text = Buffer.from(canary);
  const blocks = Buffer.concat([Buffer.from([text.length]), text, Buffer.from([0])]);
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), blocks]);
  const application = Buffer.concat([Buffer.from([0x21, 0xff, 11]), Buffer.from("XMP DataXMP"), blocks]);
  const palette = (gif[10] ?? 0) & 0x80 ? 3 * 2 ** (((gif[10] ?? 0) & 7) + 1) : 0;
  const head = 13 + palette;
  return new Uint8Array(Buffer.concat([gif.subarray(0, head), comment, application, gif.subarray(head), text]));
}

/** A box of its own, and the video of a motion photo behind. */
function tagHeif(avif: Buffer): Uint8Array {
  const box = (type: string) =>
    Buffer.concat([Buffer.from([0, 0, 0, 8 + canary.length]), Buffer.from(type + canary, "latin1")]);
  return new Uint8Array(Buffer.concat([avif, box("uuid"), box("mpvd"), Buffer.from("junk")]));
}

async function animated(pixels: Uint8Array): Promise<Buffer> {
  const frames = await Promise.all(
    [pixels, await sharp(pixels).negate().toBuffer()].map((frame) => sharp(frame).resize(60, 40).png().toBuffer()),
  );
  return await sharp(frames, { join: { animated: true } })
    .gif({ loop: 3, delay: [70, 90] })
    .toBuffer();
}
