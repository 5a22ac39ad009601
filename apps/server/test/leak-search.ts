import sharp from "sharp";

/**
 * What a photo says about its place and its device, found by libvips and a small reader of its own, and searched for in any
 * bytes, in every way that it could be written there. It shares no code with the strip that it judges (T17).
 */
export interface Secrets {
  /** Raw coordinate rationals and their texts. */
  places: Uint8Array[];
  /** Makers, models, serial numbers, times, owners. */
  words: Uint8Array[];
}

export async function secretsOf(source: Uint8Array): Promise<Secrets> {
  const metadata = await sharp(source, { limitInputPixels: false, failOn: "none" })
    .metadata()
    .catch(() => null);
  const fields = metadata?.exif === undefined ? [] : readFields(metadata.exif);
  const xmp = metadata?.xmp?.toString("utf8") ?? "";
  return {
    places: unique([
      ...fields.flatMap(placeBytes),
      ...placesInXmp(xmp),
      ...(fields.some(isPlace) ? [text("GPSLatitude")] : []),
    ]),
    words: unique(
      fields
        .filter(({ tag }) => wordTags.has(tag))
        .map(({ raw }) => trimmed(raw))
        .filter((raw) => raw.length >= 6),
    ),
  };
}

/** How many of the secrets stand in `bytes`; `icc` is masked for words, since profiles name their maker. */
export function countLeaks(bytes: Uint8Array, secrets: Secrets, icc?: Uint8Array): { places: number; words: number } {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const masked = icc === undefined ? haystack : mask(haystack, Buffer.from(icc));
  return {
    places: secrets.places.filter((place) => haystack.includes(place)).length,
    words: secrets.words.filter((word) => masked.includes(word)).length,
  };
}

interface Field {
  tag: number;
  gps: boolean;
  type: number;
  count: number;
  raw: Uint8Array;
  little: boolean;
}

/** Make, model, software, times, artist, host, copyright, owner, serial numbers, lens, image id. */
const wordTags = new Set([
  ...[0x010e, 0x010f, 0x0110, 0x0131, 0x0132, 0x013b, 0x013c, 0x8298, 0x9003, 0x9004],
  ...[0xa420, 0xa430, 0xa431, 0xa433, 0xa434, 0xa435],
]);
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];
const [latitude, longitude] = [2, 4];

function readFields(exif: Uint8Array): Field[] {
  const start = Buffer.from(exif).subarray(0, 4).toString("latin1") === "Exif" ? 6 : 0;
  const tiff = exif.subarray(start);
  if (tiff.length < 8) return [];
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = tiff[0] === 0x49;
  const fields: Field[] = [];
  const seen = new Set<number>();
  const walk = (at: number, gps: boolean): void => {
    if (seen.has(at) || at + 2 > tiff.length) return;
    seen.add(at);
    const count = view.getUint16(at, little);
    for (let entry = at + 2; entry + 12 <= Math.min(tiff.length, at + 2 + count * 12); entry += 12) {
      const field = readField({ tiff, view, entry, little, gps });
      if (field === null) continue;
      fields.push(field);
      if (field.tag === 0x8769 || field.tag === 0x8825) walk(view.getUint32(entry + 8, little), field.tag === 0x8825);
    }
  };
  walk(view.getUint32(4, little), false);
  return fields;
}

function readField(options: {
  tiff: Uint8Array;
  view: DataView;
  entry: number;
  little: boolean;
  gps: boolean;
}): Field | null {
  const { tiff, view, entry, little, gps } = options;
  const [tag, type, count] = [
    view.getUint16(entry, little),
    view.getUint16(entry + 2, little),
    view.getUint32(entry + 4, little),
  ];
  const size = (typeBytes[type] ?? 0) * count;
  if (size === 0 || size > 100_000) return null;
  const at = size <= 4 ? entry + 8 : view.getUint32(entry + 8, little);
  return at + size > tiff.length ? null : { tag, gps, type, count, raw: tiff.slice(at, at + size), little };
}

function isPlace({ gps, tag, type, count, raw }: Field): boolean {
  return gps && (tag === latitude || tag === longitude) && type === 5 && count === 3 && raw.some((byte) => byte !== 0);
}

/** Both byte orders of the three rationals, and degrees as people and programs write them. */
function placeBytes(field: Field): Uint8Array[] {
  if (!isPlace(field)) return [];
  const view = new DataView(field.raw.buffer);
  const numbers = Array.from({ length: 6 }, (_, at) => view.getUint32(at * 4, field.little));
  const raws = [true, false].map((little) => {
    const out = new DataView(new ArrayBuffer(24));
    for (const [at, number] of numbers.entries()) out.setUint32(at * 4, number, little);
    return new Uint8Array(out.buffer);
  });
  const [d = 0, m = 0, s = 0] = [0, 2, 4].map((at) => (numbers[at] ?? 0) / (numbers[at + 1] || 1));
  const decimal = d + m / 60 + s / 3600;
  const minutes = m + s / 60;
  const written = [
    decimal.toFixed(4).slice(0, -1),
    decimal.toFixed(4).slice(0, -1).replace(".", ","),
    `${d},${Math.floor(minutes)}.${minutes.toFixed(4).split(".")[1]?.slice(0, 3)}`,
    `${d}°${Math.floor(minutes)}'`,
    `${d} deg ${Math.floor(minutes)}'`,
  ];
  return [
    ...raws,
    ...written.filter((one) => one.length >= 6).flatMap((one) => [text(one), Buffer.from(one, "utf16le")]),
  ];
}

function placesInXmp(xmp: string): Uint8Array[] {
  return [...xmp.matchAll(/GPSL(?:at|ong)itude\s*(?:=\s*"|>)\s*([\d.,]{5,20})/g)].map(([, value = ""]) => text(value));
}

function trimmed(raw: Uint8Array): Uint8Array {
  const word = Buffer.from(raw)
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .replace(/^[\0 ]+/, "");
  return text(word.slice(0, 60));
}

function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, "latin1"));
}

function unique(list: readonly Uint8Array[]): Uint8Array[] {
  return [...new Map(list.map((one) => [Buffer.from(one).toString("hex"), one])).values()];
}

function mask(haystack: Buffer, needle: Buffer): Buffer {
  const at = needle.length === 0 ? -1 : haystack.indexOf(needle);
  return at < 0 ? haystack : Buffer.concat([haystack.subarray(0, at), haystack.subarray(at + needle.length)]);
}
