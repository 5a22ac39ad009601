import { ascii, ByteReader, latin1, u32be, Unparsable } from "./bytes.ts";

/**
 * A profile with its numbers and without its words: names, makers, notices, unknown tags and whatever stands between or behind
 * the tags become zeros. Nothing moves and the length stays, so it fits where it was; pixels mean the same colours.
 */
export function blankProfile(icc: Uint8Array): Uint8Array {
  try {
    return blanked(icc);
  } catch (error) {
    // Broken ones are left to their readers, which pass them over.
    if (error instanceof Unparsable) return icc;
    throw error;
  }
}

/** Tags that say how numbers become colours. */
const numbers = new Set([
  ...["wtpt", "bkpt", "chad", "chrm", "lumi", "tech", "cicp", "rXYZ", "gXYZ", "bXYZ"],
  ...["rTRC", "gTRC", "bTRC", "kTRC", "gamt", "pre0", "pre1", "pre2", "meas", "view"],
  ...["A2B0", "A2B1", "A2B2", "B2A0", "B2A1", "B2A2", "D2B0", "D2B1", "D2B2", "D2B3", "B2D0", "B2D1", "B2D2", "B2D3"],
]);
const tagsAtMost = 100;
const idFrom = 84;
const tagsFrom = 128;

interface Tag {
  name: string;
  data: Uint8Array;
  from: number;
}

function blanked(icc: Uint8Array): Uint8Array {
  const reader = new ByteReader(icc, tagsFrom);
  const count = reader.u32();
  if (count > tagsAtMost) throw new Unparsable("too many tags");
  const tags = Array.from({ length: count }, () => readTag(icc, reader));
  const out = new Uint8Array(icc.length);
  // What lies in both a text and a curve is the curve's: words first, numbers over them, the header and the table last.
  for (const tag of tags) if (!numbers.has(tag.name)) out.set(withoutWords(tag.data), tag.from);
  for (const tag of tags) if (numbers.has(tag.name)) out.set(tag.data, tag.from);
  // Without its checksum, which is zero where none was made.
  out.set(icc.subarray(0, idFrom), 0);
  out.fill(0, idFrom, tagsFrom);
  out.set(icc.subarray(tagsFrom, reader.at), tagsFrom);
  return out;
}

function readTag(icc: Uint8Array, reader: ByteReader): Tag {
  const name = reader.type();
  const from = reader.u32();
  return { name, from, data: new ByteReader(icc, from).take(reader.u32()) };
}

/** An empty value of the same kind and length. */
function withoutWords(data: Uint8Array): Uint8Array {
  const empty = new Uint8Array(data.length);
  if (data.length < 16) return empty;
  const kind = latin1(data.subarray(0, 4));
  empty.set(ascii(kind), 0);
  // One letter, the terminator; no translations.
  if (kind === "desc") empty.set(u32be(1), 8);
  if (kind === "mluc") empty.set(u32be(12), 12);
  return empty;
}
