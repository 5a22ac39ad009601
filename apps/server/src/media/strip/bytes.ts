/** The file does not follow its format: it is refused, never guessed at. */
export class Unparsable extends Error {}

/** Well-formed perhaps, and of a kind that is not shown here. */
export class Unsupported extends Error {}

/** Reads numbers and slices; every step outside the bytes throws `Unparsable`. Big-endian unless told otherwise. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.move(1));
  }

  u16(littleEndian = false): number {
    return this.view.getUint16(this.move(2), littleEndian);
  }

  u32(littleEndian = false): number {
    return this.view.getUint32(this.move(4), littleEndian);
  }

  /** Up to 2^53: what is larger cannot be a place in a file. */
  u64(): number {
    return this.u32() * 4_294_967_296 + this.u32();
  }

  /** An unsigned number of `size` bytes: 0, 1, 2, 4 or 8. */
  sized(size: number): number {
    if (size === 0) return 0;
    if (size === 1) return this.u8();
    if (size === 2) return this.u16();
    if (size === 4) return this.u32();
    if (size === 8) return this.u64();
    throw new Unparsable(`a number of ${size} bytes`);
  }

  take(length: number): Uint8Array {
    const from = this.move(length);
    return this.bytes.subarray(from, from + length);
  }

  skip(length: number): void {
    this.move(length);
  }

  /** Four characters, as chunk and box types are. */
  type(): string {
    return latin1(this.take(4));
  }

  private move(length: number): number {
    const from = this.at;
    if (length < 0 || from + length > this.bytes.length) throw new Unparsable("the file ends too early");
    this.at = from + length;
    return from;
  }
}

export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

export function startsWith(bytes: Uint8Array, prefix: string, at = 0): boolean {
  if (bytes.length < at + prefix.length) return false;
  for (let letter = 0; letter < prefix.length; letter += 1) {
    if (bytes[at + letter] !== prefix.charCodeAt(letter)) return false;
  }
  return true;
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function u16be(value: number): Uint8Array {
  return Uint8Array.of((value >>> 8) & 255, value & 255);
}

export function u32be(value: number): Uint8Array {
  return Uint8Array.of((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

export function u32le(value: number): Uint8Array {
  return u32be(value).toReversed();
}
