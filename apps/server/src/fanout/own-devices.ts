import type { Sql } from "../db/sql.ts";
import type { Publish } from "./publish.ts";
import { encodeSyncCursor } from "./sync-cursor.ts";

/** A conversation of one's own whose number in the person's counter just changed. */
export interface OwnNews {
  conversationId: string;
  since: number;
  counter: number;
  change: number;
  lastSeq: number;
  readSeq: number;
  stale: boolean;
}

export interface OwnDevicesDeps {
  publish: Publish;
  epoch: string;
}

/** What a person changed for themselves goes to every device of theirs, the one it came from included: cursors move together. */
export function tellOwnDevices({ publish, epoch }: OwnDevicesDeps, personId: string, news: OwnNews): void {
  const { since, counter, ...change } = news;
  publish([personId], {
    event: "inbox",
    since: encodeSyncCursor({ epoch, personId, counter: since }),
    cursor: encodeSyncCursor({ epoch, personId, counter }),
    changes: [change],
  });
}

/** The news of one inbox row, whose number was just counted. */
export function ownNews(conversationId: string, row: OwnRow, stale: boolean): OwnNews {
  const { counter, change, last_seq, read_seq } = row;
  return { conversationId, since: counter - 1, counter, change, lastSeq: last_seq, readSeq: read_seq, stale };
}

export interface OwnRow {
  counter: number;
  change: number;
  last_seq: number;
  read_seq: number;
}

/** A change of the person's own, inside its transaction: other devices learn it by the cursor. Answers the new number. */
export async function countOwnChange(tx: Sql, personId: string): Promise<number> {
  const [row] = await tx`
    update person_counters set counter = counter + 1 where person_id = ${personId} returning counter::float8 as counter`;
  return row.counter;
}
