import { decodeCursor, encodeCursor } from "../cursors.ts";

/** What a sync cursor says: the database's epoch (a restore changes it), whose it is, and that person's counter (R15). */
export interface SyncCursor {
  epoch: string;
  personId: string;
  counter: number;
}

export function encodeSyncCursor({ epoch, personId, counter }: SyncCursor): string {
  return encodeCursor([epoch, personId, counter]);
}

/** The counter, or null when the cursor is of another epoch or another person: the client starts anew. */
export function readSyncCursor(expected: Omit<SyncCursor, "counter">, cursor: string): number | null {
  const parts = decodeCursor(cursor, ["text", "id", "number"]);
  if (!parts || parts[0] !== expected.epoch || parts[1] !== expected.personId) return null;
  return parts[2] >= 0 ? parts[2] : null;
}
