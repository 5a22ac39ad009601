import { ascii, joinBytes, startsWith, u16be, Unparsable } from "./bytes.ts";

/** A JPEG file in the pieces that its decoders see. */
export interface JpegPart {
  /** The second byte of the marker. */
  marker: number;
  /** Where the marker stands in the file. */
  at: number;
  /** After the length field; empty for markers without one. */
  payload: Uint8Array;
  /** Entropy-coded bytes that follow (start of scan only), restart markers included. */
  scan: Uint8Array;
}

export const marker = {
  soi: 0xd8,
  eoi: 0xd9,
  sos: 0xda,
  app0: 0xe0,
  app1: 0xe1,
  app2: 0xe2,
  app14: 0xee,
  com: 0xfe,
} as const;

/** Phones write some 30; a preview or XMP of 50 MB takes 800. */
const partsAtMost = 100_000;
const none = new Uint8Array(0);

/**
 * Splits from the start marker at `from` to its end marker. `end` is the first byte after it.
 * Stray bytes between segments are passed over as libjpeg does (and so are not kept).
 */
export function splitJpeg(bytes: Uint8Array, from = 0): { parts: JpegPart[]; end: number } {
  if (bytes[from] !== 0xff || bytes[from + 1] !== marker.soi) throw new Unparsable("no start of a JPEG");
  const parts: JpegPart[] = [];
  let at = from + 2;
  for (;;) {
    const found = nextMarker(bytes, at);
    const code = bytes[found + 1] ?? 0;
    if (code === marker.eoi) return { parts, end: found + 2 };
    if (isBare(code)) {
      at = found + 2;
      continue;
    }
    const size = ((bytes[found + 2] ?? 0) << 8) | (bytes[found + 3] ?? 0);
    at = found + 2 + size;
    if (size < 2 || at > bytes.length) throw new Unparsable("a segment longer than the file");
    const payload = bytes.subarray(found + 4, at);
    const scanEnd = code === marker.sos ? endOfScan(bytes, at) : at;
    parts.push({ marker: code, at: found, payload, scan: scanEnd === at ? none : bytes.subarray(at, scanEnd) });
    if (parts.length > partsAtMost) throw new Unparsable("too many segments");
    at = scanEnd;
  }
}

/** One segment: marker, length, payload. */
export function segment(code: number, payload: Uint8Array): Uint8Array {
  if (payload.length > 65_533) throw new Unparsable("a segment that cannot be written");
  return joinBytes([Uint8Array.of(0xff, code), u16be(payload.length + 2), payload]);
}

const iccName = "ICC_PROFILE\0";

export function isIcc(part: JpegPart): boolean {
  return part.marker === marker.app2 && startsWith(part.payload, iccName);
}

/** The profile from its numbered segments; null when there is none or one is missing. */
export function joinIcc(parts: readonly JpegPart[]): Uint8Array | null {
  const chunks = parts
    .filter(isIcc)
    .map(({ payload }) => ({ number: payload[12] ?? 0, of: payload[13] ?? 0, data: payload.subarray(14) }));
  chunks.sort((one, other) => one.number - other.number);
  const whole =
    chunks.length > 0 && chunks.every(({ number, of }, place) => number === place + 1 && of === chunks.length);
  return whole ? joinBytes(chunks.map(({ data }) => data)) : null;
}

/** A profile as segments, ready to stand after the start marker. */
export function iccSegments(profile: Uint8Array): Uint8Array {
  const room = 65_519;
  const total = Math.ceil(profile.length / room);
  if (total > 255) throw new Unparsable("a profile that cannot be written");
  const chunks = Array.from({ length: total }, (_, place) =>
    segment(
      marker.app2,
      joinBytes([ascii(iccName), Uint8Array.of(place + 1, total), profile.subarray(place * room, (place + 1) * room)]),
    ),
  );
  return joinBytes(chunks);
}

/** Start of frame, of whichever coding process. */
export function isFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function nextMarker(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.length) throw new Unparsable("no end of the JPEG");
    const code = bytes[at + 1];
    if (code !== 0 && code !== 0xff) return at;
    at += 1;
  }
}

function endOfScan(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) throw new Unparsable("no end of the JPEG");
    let after = at + 1;
    while (bytes[after] === 0xff) after += 1;
    const code = bytes[after];
    if (code === undefined) throw new Unparsable("no end of the JPEG");
    if (code !== 0 && !(code >= 0xd0 && code <= 0xd7)) return at;
    at = after + 1;
  }
}

/** Restart markers outside a scan and TEM: no length, no meaning here. */
function isBare(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd8);
}
