import { ascii, Unparsable } from "./bytes.ts";
import type { Box } from "./heif-boxes.ts";
import type { Stripped } from "./stripped.ts";

const flagBit = { icc: 8, exif: 9, xmp: 10, small: 16 } as const;

/** The minimised image box packs everything into bits, metadata too: a file whose flags say that there is some is refused. */
export function stripMini(bytes: Uint8Array, boxes: readonly Box[]): Stripped {
  const mini = boxes.find(({ type }) => type === "mini");
  if (mini === undefined || mini.end - mini.payload < 8) throw new Unparsable("no minimised image");
  const read = bitReader(bytes.subarray(mini.payload, mini.end));
  if (read(0, 2) !== 0) throw new Unparsable("a minimised image of another age");
  if (read(flagBit.exif, 1) === 1 || read(flagBit.xmp, 1) === 1)
    throw new Unparsable("metadata inside a minimised image");
  const digits = read(flagBit.small, 1) === 1 ? 7 : 15;
  for (const box of boxes) {
    if (box.type === "ftyp" || box === mini) continue;
    bytes.set(ascii("free"), box.from + 4);
    bytes.fill(0, box.payload, box.end);
  }
  return {
    bytes,
    width: read(flagBit.small + 1, digits) + 1,
    height: read(flagBit.small + 1 + digits, digits) + 1,
    frames: 1,
    orientation: 1,
    icc: null,
  };
}

function bitReader(bytes: Uint8Array): (at: number, count: number) => number {
  return (at, count) => {
    let value = 0;
    for (let bit = at; bit < at + count; bit += 1)
      value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    return value;
  };
}
