import type { Readable } from "node:stream";
import { DataStore, ERRORS, Upload } from "@tus/server";
import type { Sql } from "../db/sql.ts";
import type { Blobs } from "../ports/blobs.ts";
import { markStored, readUpload, registerPiece } from "./pieces-store.ts";

export interface PiecesTusOptions {
  sql: Sql;
  blobs: Blobs;
  now: () => Date;
  keyFor: (mediaId: string) => string;
}

/**
 * What arrives is kept as soon as a piece is full: an upload that breaks off goes on behind its last piece, on whichever process
 * the client reaches next. One piece of each request is in memory.
 */
export const pieceBytes = 1024 * 1024;

export function piecesTus(options: PiecesTusOptions): DataStore {
  return new PiecesTus(options);
}

/** tus wants a class. The upload's own record is the row of `media`. */
class PiecesTus extends DataStore {
  private readonly options: PiecesTusOptions;

  constructor(options: PiecesTusOptions) {
    super();
    this.options = options;
    this.extensions = ["creation", "creation-with-upload", "termination"];
  }

  override async getUpload(id: string): Promise<Upload> {
    const found = await readUpload(this.options.sql, id);
    if (found === null) throw new TusError(ERRORS.FILE_NOT_FOUND);
    const { sizeBytes, offset, createdAt } = found;
    return new Upload({ id, size: sizeBytes, offset, creation_date: createdAt.toISOString() });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    let at = offset;
    for await (const piece of pieces(stream)) {
      await this.keep(id, at, piece);
      at += piece.length;
    }
    return at;
  }

  /** Row, object, row: at no moment is there an object that no row names. */
  private async keep(mediaId: string, start: number, bytes: Uint8Array): Promise<void> {
    const { sql, blobs, now, keyFor } = this.options;
    const key = keyFor(mediaId);
    const place = await registerPiece(sql, { mediaId, start, sizeBytes: bytes.length, key, now: now() });
    // The client begins anew, in larger pieces.
    if (place === "too_many") throw new TusError(ERRORS.FILE_NO_LONGER_EXISTS);
    if (place !== "placed") throw new TusError(ERRORS.INVALID_OFFSET);
    await blobs.put(key, bytes);
    if (await markStored(sql, { mediaId, key })) return;
    await blobs.delete(key);
    throw new TusError(ERRORS.INVALID_OFFSET);
  }
}

/** The library reads these two of whatever is thrown. */
class TusError extends Error {
  readonly status_code: number;
  readonly body: string;

  constructor(answer: { status_code: number; body: string }) {
    super(answer.body);
    this.status_code = answer.status_code;
    this.body = answer.body;
  }
}

/** A connection that breaks off ends the stream with an error: what came before it is a piece still. */
async function* pieces(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held = new Uint8Array(pieceBytes);
  let length = 0;
  let broken: Error | null = null;
  try {
    for await (const chunk of stream) {
      for (let from = 0; from < chunk.length;) {
        const taken = chunk.subarray(from, from + pieceBytes - length);
        held.set(taken, length);
        length += taken.length;
        from += taken.length;
        if (length < pieceBytes) continue;
        yield held;
        length = 0;
      }
    }
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
  }
  if (length > 0) yield held.subarray(0, length);
  if (broken !== null) throw broken;
}
