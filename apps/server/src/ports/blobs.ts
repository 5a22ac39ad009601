/**
 * Where the bytes of renditions live. Keys are made by the server (`[a-z0-9/-]+`), never from a client's words.
 *
 * Guarantees: `put` is atomic and durable (after it returns the whole blob is there, and survives a crash; before, nothing is);
 * reading a key that is being deleted yields the whole blob or null; `delete` of what is not there succeeds.
 */
export interface Blobs {
  /** Throws `BlobsFull` when the disk or the quota is. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Bytes `start` to `end` (inclusive), or all; null when there is no such blob. */
  get(key: string, range?: { start: number; end: number }): Promise<ReadableStream<Uint8Array> | null>;
  delete(key: string): Promise<void>;
}

export class BlobsFull extends Error {}
