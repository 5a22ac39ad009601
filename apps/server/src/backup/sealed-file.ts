import { createCipheriv, createDecipheriv, createHash, type Hash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";

/**
 * An encrypted file: AES-256-GCM in pieces, so that one of any size is written and read in a few hundred kilobytes. Each
 * piece is 4 bytes of length (the top bit marks the last one), the text, 16 bytes of tag. The nonce is the piece's number and
 * the length is authenticated: pieces cannot be changed, left out, exchanged or cut off without being noticed. The key is
 * this file's alone (`backup-key.ts`), so numbers never repeat under it.
 */
const pieceBytes = 256 * 1024;
const tagBytes = 16;
const lastMark = 0x8000_0000;

export interface SealedFile {
  sizeBytes: number;
  /** Of the file as it lies there; hex. */
  sha256: string;
}

export class SealedWriter {
  private readonly handle: FileHandle;
  private readonly key: Buffer;
  private readonly hash: Hash = createHash("sha256");
  private readonly piece = Buffer.allocUnsafe(pieceBytes);
  private filled = 0;
  private number = 0;
  private sizeBytes = 0;

  private constructor(handle: FileHandle, key: Buffer) {
    this.handle = handle;
    this.key = key;
  }

  static async create(path: string, key: Buffer): Promise<SealedWriter> {
    return new SealedWriter(await open(path, "wx", 0o600), key);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;) {
      if (this.filled === pieceBytes) await this.seal(false);
      const taken = bytes.subarray(from, from + pieceBytes - this.filled);
      this.piece.set(taken, this.filled);
      this.filled += taken.length;
      from += taken.length;
    }
  }

  /** Everything is on disk when it returns. */
  async end(): Promise<SealedFile> {
    await this.seal(true);
    await this.handle.sync();
    await this.handle.close();
    return { sizeBytes: this.sizeBytes, sha256: this.hash.digest("hex") };
  }

  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
  }

  private async seal(last: boolean): Promise<void> {
    const head = Buffer.alloc(4);
    head.writeUInt32BE((last ? lastMark : 0) + this.filled);
    const cipher = createCipheriv("aes-256-gcm", this.key, nonce(this.number));
    cipher.setAAD(head);
    const text = cipher.update(this.piece.subarray(0, this.filled));
    const sealed = Buffer.concat([head, text, cipher.final(), cipher.getAuthTag()]);
    this.hash.update(sealed);
    this.sizeBytes += sealed.length;
    await this.handle.appendFile(sealed);
    this.filled = 0;
    this.number += 1;
  }
}

/** The text of a sealed file, piece by piece; throws when the key is another or a byte is not what was written. */
export async function* readSealed(path: string, key: Buffer): AsyncGenerator<Buffer> {
  const handle = await open(path, "r");
  try {
    for (let number = 0; ; number += 1) {
      const head = await readExactly(handle, 4, path);
      const length = head.readUInt32BE() % lastMark;
      const last = head.readUInt32BE() >= lastMark;
      if (length > pieceBytes) throw damaged(path);
      const sealed = await readExactly(handle, length + tagBytes, path);
      yield unseal({ sealed, head, key, number, path });
      if (!last) continue;
      if ((await handle.read(Buffer.alloc(1), 0, 1)).bytesRead > 0) throw damaged(path);
      return;
    }
  } finally {
    await handle.close();
  }
}

function unseal(piece: { sealed: Buffer; head: Buffer; key: Buffer; number: number; path: string }): Buffer {
  const { sealed, head, key, number, path } = piece;
  const decipher = createDecipheriv("aes-256-gcm", key, nonce(number));
  decipher.setAAD(head);
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch (error) {
    throw damaged(path, error);
  }
}

function nonce(number: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeBigUInt64BE(BigInt(number), 4);
  return bytes;
}

async function readExactly(handle: FileHandle, length: number, path: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled);
    if (bytesRead === 0) throw damaged(path);
    filled += bytesRead;
  }
  return bytes;
}

function damaged(path: string, cause?: unknown): Error {
  return new Error(`${path} is damaged, or the key is another.`, { cause });
}
