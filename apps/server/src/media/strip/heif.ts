import { ascii, joinBytes, latin1, startsWith, u32be, Unparsable, Unsupported } from "./bytes.ts";
import { emptyTiff } from "./exif.ts";
import {
  locateItems,
  openFullBox,
  readAssociations,
  readBoxes,
  readItems,
  readPrimary,
  readReferences,
  type Box,
  type Extent,
  type Item,
  type Reference,
} from "./heif-boxes.ts";
import { blankProfile } from "./icc.ts";
import { stripMini } from "./heif-mini.ts";
import type { Stripped } from "./stripped.ts";

/**
 * HEIC and AVIF are edited in place, so that every offset holds. Kept are the primary picture, the tiles it is made of, its
 * alpha and its gain map; the bytes of every other item (Exif, XMP, thumbnails, depth, other pictures) and every byte of media
 * data that no kept item claims (videos of motion photos) are overwritten. Unknown boxes and properties become free space.
 */
export function stripHeif(source: Uint8Array): Stripped {
  const boxes = readBoxes(source, { from: 0, end: source.length, lenient: true });
  if (boxes[0]?.type !== "ftyp") throw new Unparsable("no file type box");
  const end = boxes.at(-1)?.end ?? 0;
  const bytes = source.slice(0, end);
  if (boxes.some(({ type }) => type === "mini")) return stripMini(bytes, boxes);
  const meta = boxes.find(({ type }) => type === "meta");
  if (meta === undefined && boxes.some(({ type }) => type === "moov"))
    throw new Unsupported("it holds a sequence and no still picture");
  if (meta === undefined) throw new Unparsable("no table of items");
  const table = readTable(bytes, meta);
  const kept = keptItems(table, bytes);
  blankBoxes({ bytes, boxes, kept: keptTop, only: meta });
  stillBrands(bytes, boxes[0]);
  blankBoxes({ bytes, boxes: table.children, kept: keptMeta });
  blankBoxes({ bytes, boxes: table.properties, kept: keptProperties });
  for (const box of table.properties)
    if (isProfile(bytes, box)) bytes.set(blankProfile(bytes.slice(box.payload + 4, box.end)), box.payload + 4);
  blankData({
    bytes,
    containers: [...boxes.filter(({ type }) => type === "mdat"), ...(table.idat ? [table.idat] : [])],
    table,
    kept,
  });
  for (const item of table.items.values()) blankItem({ bytes, item, kept: kept.has(item.id) });
  for (const reference of table.references)
    if (!kept.has(reference.from)) bytes.set(ascii("free"), reference.box.from + 4);
  blankHandler(bytes, table.children);
  return { bytes, ...frameOf(table, bytes), frames: 1, orientation: 1, icc: profileOf(table, bytes) };
}

const keptTop = new Set(["ftyp", "meta", "mdat"]);
const keptMeta = new Set(["hdlr", "pitm", "iloc", "iinf", "iref", "iprp", "idat", "dinf", "grpl"]);
const keptProperties = new Set([
  ...["ispe", "pixi", "pasp", "colr", "irot", "imir", "clap", "auxC", "rloc", "lsel", "a1lx", "a1op"],
  ...["hvcC", "lhvC", "av1C", "vvcC", "avcC", "jpgC", "j2kH", "cmpd", "uncC", "cmpC", "icef"],
  ...["clli", "mdcv", "cclv", "amve"],
]);
const keptAuxiliary =
  /^urn:(mpeg:(hevc:2015:auxid:1|mpegB:cicp:systems:auxiliary:alpha)|com:apple:photo:2020:aux:hdrgainmap)$/;
const keptCodings = new Set(["hvc1", "av01", "grid", "iden", "iovl", "tmap"]);
const derivedAtMost = 64;

interface Table {
  primary: number;
  items: Map<number, Item>;
  references: Reference[];
  associations: Map<number, number[]>;
  properties: Box[];
  children: Box[];
  idat: Box | undefined;
}

function readTable(bytes: Uint8Array, meta: Box): Table {
  const children = readBoxes(bytes, { from: meta.payload + 4, end: meta.end });
  const child = (type: string): Box | undefined => children.find((box) => box.type === type);
  const need = (type: string): Box => {
    const box = child(type);
    if (box === undefined) throw new Unparsable(`no ${type} box`);
    return box;
  };
  const items = readItems(bytes, need("iinf"));
  const idat = child("idat");
  locateItems({ bytes, box: need("iloc"), items, idat });
  const iref = child("iref");
  const inside = readBoxes(bytes, { from: need("iprp").payload, end: need("iprp").end });
  const ipco = inside.find(({ type }) => type === "ipco");
  const associations = readAssociations(
    bytes,
    inside.filter(({ type }) => type === "ipma"),
  );
  return {
    primary: readPrimary(bytes, need("pitm")),
    items,
    references: iref === undefined ? [] : readReferences(bytes, iref),
    associations,
    properties: ipco === undefined ? [] : readBoxes(bytes, { from: ipco.payload, end: ipco.end }),
    children,
    idat,
  };
}

/** From the primary picture: what it is derived from, then alpha and gain map, and what those are derived from. */
function keptItems(table: Table, bytes: Uint8Array): Set<number> {
  const kept = new Set([table.primary]);
  const auxiliaries = keptAuxiliaries(table, bytes);
  for (let round = 0; round < derivedAtMost; round += 1) {
    const before = kept.size;
    for (const { type, from, to } of table.references) {
      if (type === "dimg" && kept.has(from)) for (const id of to) kept.add(id);
      if (type === "auxl" && auxiliaries.has(from) && to.some((id) => kept.has(id))) kept.add(from);
      if (type === "prem" && kept.has(from)) for (const id of to) kept.add(id);
      if (type === "dimg" && table.items.get(from)?.type === "tmap" && to.includes(table.primary)) kept.add(from);
    }
    if (kept.size > before) continue;
    if ([...kept].some((id) => !keptCodings.has(table.items.get(id)?.type ?? "")))
      throw new Unsupported("its coding is not one that photos use");
    return kept;
  }
  throw new Unparsable("a picture derived too many times over");
}

/** Asked once of each item: rounds and references multiply. */
function keptAuxiliaries(table: Table, bytes: Uint8Array): Set<number> {
  const asked = new Set(table.references.filter(({ type }) => type === "auxl").map(({ from }) => from));
  return new Set([...asked].filter((id) => keptAuxiliary.test(auxiliaryType(table, bytes, id))));
}

function auxiliaryType(table: Table, bytes: Uint8Array, id: number): string {
  const box = propertiesOf(table, id).find(({ type }) => type === "auxC");
  if (box === undefined) return "";
  const text = bytes.subarray(box.payload + 4, box.end);
  const end = text.indexOf(0);
  return latin1(text.subarray(0, Math.min(end < 0 ? text.length : end, 200)));
}

function propertiesOf(table: Table, id: number): Box[] {
  return (table.associations.get(id) ?? []).flatMap((index) => table.properties[index - 1] ?? []);
}

/** Turns every other box into zeroed free space; of `only`'s type, every other than it. */
function blankBoxes(options: {
  bytes: Uint8Array;
  boxes: readonly Box[];
  kept: ReadonlySet<string>;
  only?: Box;
}): void {
  const { bytes, boxes, kept, only } = options;
  for (const box of boxes) {
    const doubled = only !== undefined && box.type === only.type && box !== only;
    if (kept.has(box.type) && !doubled) continue;
    bytes.set(ascii("free"), box.from + 4);
    bytes.fill(0, box.payload, box.end);
  }
}

/** Sequences lose their tracks with the `moov` box: their brands would promise what is not there. */
function stillBrands(bytes: Uint8Array, ftyp: Box): void {
  const still: Record<string, string> = { avis: "avif", msf1: "mif1", hevc: "heic", hevx: "heix" };
  for (let at = ftyp.payload; at + 4 <= ftyp.end; at += 4) {
    const brand = still[latin1(bytes.subarray(at, at + 4))];
    if (brand !== undefined) bytes.set(ascii(brand), at);
  }
}

function blankData(options: {
  bytes: Uint8Array;
  containers: readonly Box[];
  table: Table;
  kept: ReadonlySet<number>;
}): void {
  const { bytes, containers, table, kept } = options;
  const inOrder = containers.toSorted((one, other) => one.payload - other.payload);
  const claimed: Extent[] = [];
  for (const item of table.items.values()) {
    for (const extent of item.extents) {
      // A length of 0 means "to the end of the file": nobody writes it, and it would claim everything.
      const inside = extent.length > 0 && isInside(extent, inOrder);
      if (!inside && !(extent.length === 0 && !kept.has(item.id)))
        throw new Unparsable("an item outside the media data");
      if (kept.has(item.id)) claimed.push(extent);
    }
  }
  claimed.sort((one, other) => one.from - other.from);
  // Both in order and each extent inside one container: one walk through both.
  let next = 0;
  for (const box of inOrder) {
    let at = box.payload;
    for (let extent = claimed[next]; extent !== undefined && extent.from < box.end; extent = claimed[++next]) {
      if (extent.from > at) bytes.fill(0, at, extent.from);
      at = Math.max(at, extent.from + extent.length);
    }
    if (at < box.end) bytes.fill(0, at, box.end);
  }
}

/** Whether one of the containers, which stand in order and beside each other, holds all of it. */
function isInside(extent: Extent, inOrder: readonly Box[]): boolean {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((inOrder[middle]?.payload ?? 0) <= extent.from) low = middle + 1;
    else high = middle;
  }
  const box = inOrder[low - 1];
  return box !== undefined && extent.from + extent.length <= box.end;
}

/** Hides what is not kept, wipes its name, and leaves valid, empty metadata where readers look for some. */
function blankItem(options: { bytes: Uint8Array; item: Item; kept: boolean }): void {
  const { bytes, item, kept } = options;
  const name = bytes.subarray(item.textFrom, item.entry.end);
  const nameEnd = name.indexOf(0);
  name.fill(0x20, 0, nameEnd < 0 ? name.length : nameEnd);
  if (kept) return;
  bytes[item.entry.payload + 3] = (bytes[item.entry.payload + 3] ?? 0) | 1;
  const filler =
    item.type === "Exif"
      ? joinBytes([u32be(0), emptyTiff()])
      : item.type === "mime"
        ? ascii('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
        : null;
  const place = item.extents[0];
  if (filler !== null && item.extents.length === 1 && place !== undefined && place.length >= filler.length)
    bytes.set(filler, place.from);
}

/** The handler's name is free text. */
function blankHandler(bytes: Uint8Array, children: readonly Box[]): void {
  const box = children.find(({ type }) => type === "hdlr");
  if (box !== undefined && box.end - box.payload > 24) bytes.fill(0, box.payload + 24, box.end);
}

function frameOf(table: Table, bytes: Uint8Array): { width: number; height: number } {
  const size = propertiesOf(table, table.primary).find(({ type }) => type === "ispe");
  if (size === undefined) throw new Unparsable("a picture without a size");
  const { reader } = openFullBox(bytes, size);
  return { width: reader.u32(), height: reader.u32() };
}

function isProfile(bytes: Uint8Array, { type, payload }: Box): boolean {
  return type === "colr" && (startsWith(bytes, "prof", payload) || startsWith(bytes, "rICC", payload));
}

function profileOf(table: Table, bytes: Uint8Array): Uint8Array | null {
  const pictures = new Set([
    table.primary,
    ...(table.references.find(({ type, from }) => type === "dimg" && from === table.primary)?.to ?? []),
  ]);
  const first = [...pictures].flatMap((id) => propertiesOf(table, id)).find((box) => isProfile(bytes, box));
  return first === undefined ? null : bytes.slice(first.payload + 4, first.end);
}
