import { ByteReader, latin1, Unparsable } from "./bytes.ts";

/** ISO base media boxes and the item tables of HEIF, with their places in the file, so that they can be edited there. */

export interface Box {
  type: string;
  /** Where the box begins, where its payload begins, and where it ends. */
  from: number;
  payload: number;
  end: number;
}

export interface Extent {
  from: number;
  length: number;
}

export interface Item {
  id: number;
  type: string;
  /** The whole `infe` box. */
  entry: Box;
  /** Name, content type and so on: null-terminated text, from here to the end of the entry. */
  textFrom: number;
  extents: Extent[];
}

export interface Reference {
  box: Box;
  type: string;
  from: number;
  to: number[];
}

/** Phones write up to some 300 items, tiled pictures a few thousand; what has more asks for work, not for a look. */
const boxesAtMost = 10_000;
const itemsAtMost = 20_000;
const extentsAtMost = 100_000;
const referencedAtMost = 100_000;
const associationsAtMost = 100_000;

/** The boxes between two places. With `lenient`, what does not parse as a box ends the list instead of the file. */
export function readBoxes(bytes: Uint8Array, options: { from: number; end: number; lenient?: boolean }): Box[] {
  const { from, end, lenient = false } = options;
  const boxes: Box[] = [];
  let at = from;
  while (end - at >= 8) {
    const box = readBox(bytes, at, end);
    if (box === null && lenient) break;
    if (box === null) throw new Unparsable("a box longer than what holds it");
    boxes.push(box);
    // Not passed over: what nobody looked at would stay in the file.
    if (boxes.length > boxesAtMost) throw new Unparsable("too many boxes");
    at = box.end;
  }
  return boxes;
}

function readBox(bytes: Uint8Array, from: number, limit: number): Box | null {
  const reader = new ByteReader(bytes, from);
  const size = reader.u32();
  const type = latin1(reader.take(4));
  let end = from + size;
  if (size === 0) end = limit;
  if (size === 1) {
    if (limit - from < 16) return null;
    end = from + reader.u64();
  }
  return end < reader.at || end > limit ? null : { type, from, payload: reader.at, end };
}

/** Version and flags of a full box, and a reader behind them that stops at the box's end. */
export function openFullBox(bytes: Uint8Array, box: Box): { version: number; flags: number; reader: ByteReader } {
  const reader = new ByteReader(bytes.subarray(0, box.end), box.payload);
  const head = reader.u32();
  return { version: head >>> 24, flags: head & 0xffffff, reader };
}

export function readPrimary(bytes: Uint8Array, box: Box): number {
  const { version, reader } = openFullBox(bytes, box);
  return version === 0 ? reader.u16() : reader.u32();
}

export function readItems(bytes: Uint8Array, box: Box): Map<number, Item> {
  const { version, reader } = openFullBox(bytes, box);
  reader.take(version === 0 ? 2 : 4);
  const items = new Map<number, Item>();
  for (const entry of readBoxes(bytes, { from: reader.at, end: box.end })) {
    if (entry.type !== "infe") continue;
    const info = openFullBox(bytes, entry);
    if (info.version < 2) throw new Unparsable("an item table of another age");
    const id = info.version === 2 ? info.reader.u16() : info.reader.u32();
    info.reader.u16();
    items.set(id, { id, type: info.reader.type(), entry, textFrom: info.reader.at, extents: [] });
    if (items.size > itemsAtMost) throw new Unparsable("too many items");
  }
  return items;
}

/** Fills in where each item lies. `idat`: the box that construction method 1 counts from. */
export function locateItems(options: {
  bytes: Uint8Array;
  box: Box;
  items: Map<number, Item>;
  idat: Box | undefined;
}): void {
  const { bytes, box, items, idat } = options;
  const { version, reader } = openFullBox(bytes, box);
  const sizes = reader.u16();
  const [offsetSize, lengthSize, baseSize, indexSize] = [
    sizes >>> 12,
    (sizes >>> 8) & 15,
    (sizes >>> 4) & 15,
    sizes & 15,
  ];
  const count = version < 2 ? reader.u16() : reader.u32();
  if (count > itemsAtMost) throw new Unparsable("too many items");
  let extents = 0;
  for (let entry = 0; entry < count; entry += 1) {
    const id = version < 2 ? reader.u16() : reader.u32();
    const method = version === 0 ? 0 : reader.u16() & 15;
    if (reader.u16() !== 0) throw new Unparsable("an item in another file");
    const base = reader.sized(baseSize) + originOf(method, idat);
    let left = reader.u16();
    // Counted, as an extent may take no byte of the file.
    extents += left;
    if (extents > extentsAtMost) throw new Unparsable("too many pieces");
    for (; left > 0; left -= 1) {
      if (version > 0) reader.sized(indexSize);
      const from = base + reader.sized(offsetSize);
      const length = reader.sized(lengthSize);
      items.get(id)?.extents.push({ from, length });
    }
  }
}

export function readReferences(bytes: Uint8Array, box: Box): Reference[] {
  const { version, reader } = openFullBox(bytes, box);
  let referenced = 0;
  return readBoxes(bytes, { from: reader.at, end: box.end }).map((one) => {
    const inner = new ByteReader(bytes.subarray(0, one.end), one.payload);
    const id = (): number => (version === 0 ? inner.u16() : inner.u32());
    const from = id();
    const length = inner.u16();
    referenced += length;
    if (referenced > referencedAtMost) throw new Unparsable("too many references");
    return { box: one, type: one.type, from, to: Array.from({ length }, id) };
  });
}

/** Which properties (counted from 1) each item has, of all boxes together; a later box has the last word on an item. */
export function readAssociations(bytes: Uint8Array, boxes: readonly Box[]): Map<number, number[]> {
  const associations = new Map<number, number[]>();
  let count = 0;
  for (const box of boxes) {
    const { version, flags, reader } = openFullBox(bytes, box);
    const index = (flags & 1) === 1 ? () => reader.u16() & 0x7fff : () => reader.u8() & 0x7f;
    const ofBox = new Map<number, number[]>();
    for (let left = reader.u32(); left > 0; left -= 1) {
      const id = version === 0 ? reader.u16() : reader.u32();
      const indexes = ofBox.get(id) ?? [];
      const added = reader.u8();
      count += 1 + added;
      if (count > associationsAtMost) throw new Unparsable("too many properties");
      for (let more = added; more > 0; more -= 1) indexes.push(index());
      ofBox.set(id, indexes);
    }
    for (const [id, indexes] of ofBox) associations.set(id, indexes);
  }
  return associations;
}

function originOf(method: number, idat: Box | undefined): number {
  if (method === 0) return 0;
  if (method === 1 && idat !== undefined) return idat.payload;
  throw new Unparsable("an item built from other items");
}
