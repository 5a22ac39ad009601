import { ascii, ByteReader, joinBytes, startsWith, u16be, u32be, Unparsable } from "./bytes.ts";
import { isoGainMap, xmpGainMap } from "./gain-map-metadata.ts";
import { keptHead, keptRest } from "./jpeg-kept.ts";
import { marker, segment, splitJpeg, type JpegPart } from "./jpeg-parts.ts";

/**
 * An HDR photo is an ordinary JPEG followed by a second one, its gain map. Readers find it by the container XMP (Ultra HDR),
 * by MPF, or both, and both hold lengths: they are written anew. The map's own parameters are numbers, and only numbers
 * are kept. ISO 21496-1 segments are cut to what their fields span.
 */
export interface GainMap {
  /** The stripped second JPEG. */
  bytes: Uint8Array;
  /** The primary announces it with the Ultra HDR container. */
  container: boolean;
  /** The primary's ISO 21496-1 version, when it has one. */
  isoVersion: Uint8Array | null;
}

/** Looks where MPF points and right behind the primary; null when nothing there is a gain map. */
export function findGainMap(options: { bytes: Uint8Array; parts: readonly JpegPart[]; end: number }): GainMap | null {
  const { bytes, parts, end } = options;
  if (end >= bytes.length) return null;
  for (const from of new Set([...mpfOffsets(parts), ...containerOffset(parts, bytes), end])) {
    const map = from >= end && from < bytes.length ? stripGainMap(bytes, from) : null;
    if (map === null) continue;
    const isoVersion =
      parts
        .map(isoPayload)
        .find((payload) => payload !== null)
        ?.subarray(0, 4) ?? null;
    return { bytes: map, container: parts.some(isContainer), isoVersion: isoVersion?.length === 4 ? isoVersion : null };
  }
  return null;
}

/** Segments that announce the map in the primary, besides MPF. */
export function gainMapHead(map: GainMap): Uint8Array[] {
  const head: Uint8Array[] = [];
  if (map.container) head.push(segment(marker.app1, ascii(xmpName + containerXmp(map.bytes.length))));
  if (map.isoVersion !== null) head.push(segment(marker.app2, joinBytes([ascii(isoName), map.isoVersion])));
  return head;
}

/** The multi-picture index with its sizes and the offset still 0: see `patchMpf`. */
export function mpfPlaceholder(): Uint8Array {
  const entry = (attribute: number): Uint8Array => joinBytes([u32be(attribute), u32be(0), u32be(0), u32be(0)]);
  const index = joinBytes([
    ascii(mpfName),
    Uint8Array.of(0x4d, 0x4d, 0, 42),
    u32be(8),
    u16be(3),
    joinBytes([u16be(0xb000), u16be(7), u32be(4), ascii("0100")]),
    joinBytes([u16be(0xb001), u16be(4), u32be(1), u32be(2)]),
    joinBytes([u16be(0xb002), u16be(7), u32be(32), u32be(50)]),
    u32be(0),
    entry(primaryAttribute),
    entry(0),
  ]);
  return segment(marker.app2, index);
}

/** Writes both sizes and the map's offset (from the index's own TIFF header) into the assembled primary. */
export function patchMpf(options: { primary: Uint8Array; gainMapBytes: number }): void {
  const { primary, gainMapBytes } = options;
  const mpf = splitJpeg(primary).parts.find(isMpf);
  if (mpf === undefined) throw new Error("the multi-picture index was not written");
  const header = mpf.at + 4 + mpfName.length;
  const view = new DataView(primary.buffer, primary.byteOffset, primary.byteLength);
  view.setUint32(header + 50 + 4, primary.length);
  view.setUint32(header + 66 + 4, gainMapBytes);
  view.setUint32(header + 66 + 8, primary.length - header);
}

const xmpName = "http://ns.adobe.com/xap/1.0/\0";
const isoName = "urn:iso:std:iso:ts:21496:-1\0";
const mpfName = "MPF\0";
const primaryAttribute = 0x030000;

function stripGainMap(bytes: Uint8Array, from: number): Uint8Array | null {
  const parts = partsAt(bytes, from);
  if (parts === null) return null;
  const xmp = parts
    .map((part) => (isXmp(part) ? xmpGainMap(decodeText(part.payload.subarray(xmpName.length))) : null))
    .find((one) => one !== null);
  const iso = parts.map((part) => isoGainMap(isoPayload(part))).find((one) => one !== null);
  if (xmp === undefined && iso === undefined) return null;
  return joinBytes([
    ...keptHead(parts, 1),
    ...(xmp === undefined ? [] : [segment(marker.app1, ascii(xmpName + xmp))]),
    ...(iso === undefined ? [] : [segment(marker.app2, joinBytes([ascii(isoName), iso]))]),
    ...keptRest(parts),
    Uint8Array.of(0xff, marker.eoi),
  ]);
}

/** What follows a photo is anything at all: only a whole JPEG counts. */
function partsAt(bytes: Uint8Array, from: number): JpegPart[] | null {
  try {
    return splitJpeg(bytes, from).parts;
  } catch (error) {
    if (error instanceof Unparsable) return null;
    throw error;
  }
}

function mpfOffsets(parts: readonly JpegPart[]): number[] {
  const mpf = parts.find(isMpf);
  if (mpf === undefined) return [];
  try {
    return readMpf(mpf);
  } catch (error) {
    if (error instanceof Unparsable) return [];
    throw error;
  }
}

function readMpf(mpf: JpegPart): number[] {
  const reader = new ByteReader(mpf.payload.subarray(mpfName.length));
  const little = reader.u16() === 0x4949;
  reader.at = 4;
  reader.at = reader.u32(little);
  let entriesAt = 0;
  let entries = 0;
  for (let field = Math.min(reader.u16(little), 16); field > 0; field -= 1) {
    const tag = reader.u16(little);
    reader.u16(little);
    const count = reader.u32(little);
    const value = reader.u32(little);
    if (tag === 0xb002) [entries, entriesAt] = [Math.min(count / 16, 16), value];
  }
  const header = mpf.at + 4 + mpfName.length;
  return Array.from({ length: Math.floor(entries) }, (_, entry) => {
    reader.at = entriesAt + entry * 16 + 8;
    return reader.u32(little) + header;
  });
}

/** Ultra HDR: the map is the last item, `Item:Length` bytes long. */
function containerOffset(parts: readonly JpegPart[], bytes: Uint8Array): number[] {
  const xmp = parts.find(isContainer);
  if (xmp === undefined) return [];
  const text = decodeText(xmp.payload);
  const item = text.indexOf("GainMap");
  const length = item < 0 ? null : /Item:Length\s*=\s*"(\d{1,10})"/.exec(text.slice(item, item + 400));
  return length?.[1] === undefined ? [] : [bytes.length - Number(length[1])];
}

function isXmp(part: JpegPart): boolean {
  return part.marker === marker.app1 && startsWith(part.payload, xmpName);
}

function isContainer(part: JpegPart): boolean {
  return isXmp(part) && decodeText(part.payload).includes("hdrgm:Version");
}

function isMpf(part: JpegPart): boolean {
  return part.marker === marker.app2 && startsWith(part.payload, mpfName);
}

function isoPayload(part: JpegPart): Uint8Array | null {
  return part.marker === marker.app2 && startsWith(part.payload, isoName)
    ? part.payload.subarray(isoName.length)
    : null;
}

function decodeText(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function containerXmp(mapBytes: number): string {
  return (
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` +
    `<rdf:Description xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" ` +
    `xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"><Container:Directory><rdf:Seq>` +
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li>` +
    `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${mapBytes}"/></rdf:li>` +
    `</rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>`
  );
}
