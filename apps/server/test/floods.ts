import type { PhotoFormat } from "../src/media/strip.ts";
import { pngChunk, taggedPhoto } from "./tagged-photos.ts";

/** Files of millions of small pieces: cheap to send, and dear to whoever keeps a note of each piece (T14). */
export async function floods(
  bytes: number,
): Promise<{ name: string; format: PhotoFormat; bytes: Uint8Array; passes: boolean }[]> {
  const [jpeg, png, gif, webp, avif] = (await Promise.all(
    (["jpeg", "png", "gif", "webp", "avif"] as const).map(async (format) => Buffer.from(await taggedPhoto(format))),
  )) as [Buffer, Buffer, Buffer, Buffer, Buffer];
  const many = (piece: Buffer | number[]): Buffer => Buffer.alloc(bytes - (bytes % piece.length), Buffer.from(piece));
  const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), many([1, 65]), Buffer.from([0])]);
  const ofItem = Buffer.concat([Buffer.from([0, 1, 255]), Buffer.alloc(255, 1)]);
  const pieces = (entries: number): Buffer =>
    Buffer.concat([Buffer.alloc(6), u16(entries), many([0, 1, 0, 0, 0xff, 0xff]).subarray(0, entries * 6)]);
  return [
    {
      name: "a JPEG of empty comments",
      format: "jpeg",
      bytes: insert(jpeg, 2, many([0xff, 0xfe, 0, 2])),
      passes: false,
    },
    {
      name: "a PNG of empty texts",
      format: "png",
      bytes: insert(png, 33, many(pngChunk("tEXt", Buffer.alloc(0)))),
      passes: false,
    },
    {
      name: "a GIF of comments of one byte",
      format: "gif",
      bytes: insert(gif, behindPalette(gif), comment),
      passes: true,
    },
    {
      name: "a WebP of empty chunks",
      format: "webp",
      bytes: longerWebp(webp, many(Buffer.from("abcd\0\0\0\0"))),
      passes: false,
    },
    {
      name: "an AVIF whose picture has each property a million times",
      format: "avif",
      bytes: addBox(
        avif,
        ["meta", "iprp"],
        "ipma",
        Buffer.concat([Buffer.alloc(4), u32(Math.floor(bytes / 258)), many(ofItem)]),
      ),
      passes: false,
    },
    {
      name: "an AVIF in pieces that take no room",
      format: "avif",
      bytes: addBox(avif, ["meta"], "iloc", pieces(20_000), { first: true }),
      passes: false,
    },
  ];
}

function insert(into: Buffer, at: number, what: Buffer): Uint8Array {
  return new Uint8Array(Buffer.concat([into.subarray(0, at), what, into.subarray(at)]));
}

function behindPalette(gif: Buffer): number {
  const packed = gif[10] ?? 0;
  return 13 + ((packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 7) + 1));
}

function longerWebp(webp: Buffer, chunks: Buffer): Uint8Array {
  const size = webp.readUInt32LE(4);
  const longer = insert(webp, 8 + size, chunks);
  new DataView(longer.buffer).setUint32(4, size + chunks.length, true);
  return longer;
}

/** Puts a box into the innermost of `inside`, at its end or before its first one, and makes the boxes around it longer. */
function addBox(
  file: Buffer,
  inside: readonly string[],
  type: string,
  payload: Buffer,
  { first = false } = {},
): Uint8Array {
  const copy = Buffer.from(file);
  const places = inside.map((name) => copy.indexOf(name) - 4);
  const innermost = places.at(-1) ?? 0;
  const end = first ? innermost + 12 : innermost + copy.readUInt32BE(innermost);
  for (const place of places) copy.writeUInt32BE(copy.readUInt32BE(place) + payload.length + 8, place);
  return insert(copy, end, Buffer.concat([u32(payload.length + 8), Buffer.from(type), payload]));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u16(value: number): Buffer {
  return u32(value).subarray(2);
}
