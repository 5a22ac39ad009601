import { decodeCursor, encodeCursor } from "../cursors.ts";

/** A sync cursor is the database's epoch (a restore changes it) and the person's counter (R15). */
export function encodeSyncCursor(epoch: string, counter: number): string {
  return encodeCursor([epoch, counter]);
}

/** The counter, or null when the cursor is not of this epoch: the client starts anew. */
export function readSyncCursor(epoch: string, cursor: string): number | null {
  const parts = decodeCursor(cursor, ["text", "number"]);
  return parts && parts[0] === epoch && parts[1] >= 0 ? parts[1] : null;
}
