/**
 * Where the bytes of renditions live. Keys are made by the server (`[a-z0-9/-]+`), never from a client's words.
 *
 * Guarantees: `put` is atomic and durable (after it returns the whole blob is there, and survives a crash; before, nothing is);
 * reading a key that is being deleted or replaced yields the whole blob, null, or a stream that breaks off: never other bytes;
 * `delete` of what is not there succeeds; `list` sees every `put` that has returned.
 */
export interface Blobs {
  /** Throws `BlobsFull` when the disk or the quota is; it, and the others, `BlobsAway` when the place cannot be used for now. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Bytes `start` to `end` (inclusive), or all; null when there is no such blob. */
  get(key: string, range?: { start: number; end: number }): Promise<ReadableStream<Uint8Array> | null>;
  delete(key: string): Promise<void>;
  /** The first keys below `prefix` (`media/`), in order, after `after`; at most `limit`, and at most 1,000. */
  list(asked: { prefix: string; after?: string; limit?: number }): Promise<ListedBlob[]>;
}

export interface ListedBlob {
  key: string;
  sizeBytes: number;
  modifiedAt: Date;
}

export class BlobsFull extends Error {}

/** Nothing is wrong with what was asked: the same works later. The message says in plain words what is wrong with the place. */
export class BlobsAway extends Error {}
