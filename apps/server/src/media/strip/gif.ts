import { ByteReader, joinBytes, startsWith, Unparsable } from "./bytes.ts";
import type { Stripped } from "./stripped.ts";

const block = { image: 0x2c, extension: 0x21, trailer: 0x3b } as const;
/** Kept ones: an animation of the longest kind has some 2,000. */
const blocksAtMost = 100_000;
const label = { graphicControl: 0xf9, application: 0xff } as const;

/** Keeps screen, palettes, pictures, their timing and the loop count. Comments, plain text and application data go. */
export function stripGif(bytes: Uint8Array): Stripped {
  if (!startsWith(bytes, "GIF87a") && !startsWith(bytes, "GIF89a")) throw new Unparsable("no GIF signature");
  const reader = new ByteReader(bytes, 6);
  const width = reader.u16(true);
  const height = reader.u16(true);
  skipPalette(reader, 2);
  const parts = [bytes.subarray(0, reader.at)];
  let frames = 0;
  let [widest, highest] = [width, height];
  // Some files lack the trailer: ending between two blocks is an end.
  while (reader.left > 0) {
    const from = reader.at;
    const kind = reader.u8();
    if (kind === block.trailer) break;
    if (kind === 0) continue;
    if (parts.length > blocksAtMost) throw new Unparsable("too many blocks");
    if (kind === block.image) {
      const frame = skipImage(reader);
      widest = Math.max(widest, frame.right);
      highest = Math.max(highest, frame.bottom);
      frames += 1;
      parts.push(bytes.subarray(from, reader.at));
    } else if (kind === block.extension) {
      if (keepExtension(reader)) parts.push(bytes.subarray(from, reader.at));
    } else throw new Unparsable("a block that nobody knows");
  }
  if (frames === 0) throw new Unparsable("a GIF without a picture");
  return {
    bytes: joinBytes([...parts, Uint8Array.of(block.trailer)]),
    width: widest,
    height: highest,
    frames,
    orientation: 1,
    icc: null,
  };
}

function skipImage(reader: ByteReader): { right: number; bottom: number } {
  const [left, top, width, height] = [reader.u16(true), reader.u16(true), reader.u16(true), reader.u16(true)];
  skipPalette(reader, 0);
  reader.u8();
  subBlocks(reader, 0);
  return { right: left + width, bottom: top + height };
}

/** The packed byte says whether a palette follows, and how large; `after` bytes stand between them. */
function skipPalette(reader: ByteReader, after: number): void {
  const packed = reader.u8();
  reader.take(after);
  if ((packed & 0x80) !== 0) reader.take(3 * 2 ** ((packed & 7) + 1));
}

function keepExtension(reader: ByteReader): boolean {
  const kind = reader.u8();
  const blocks = subBlocks(reader, 3);
  if (kind === label.graphicControl) return blocks.length === 1 && blocks[0]?.length === 4;
  if (kind !== label.application) return false;
  const [name, loop] = blocks;
  if (name === undefined || !(startsWith(name, "NETSCAPE2.0") || startsWith(name, "ANIMEXTS1.0"))) return false;
  return blocks.length === 2 && name.length === 11 && loop?.length === 3 && loop[0] === 1;
}

/** Passes over all of them and hands out the first `wanted`: a file may be made of blocks of one byte. */
function subBlocks(reader: ByteReader, wanted: number): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let length = reader.u8(); length > 0; length = reader.u8()) {
    if (blocks.length < wanted) blocks.push(reader.take(length));
    else reader.skip(length);
  }
  return blocks;
}
