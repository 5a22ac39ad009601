import { originalOf } from "../edited.ts";
import type { Facts } from "../facts.ts";
import { dumpRows, listBlobs, type BlobFile, type StoredRows } from "../final/dump.ts";
import { findWords } from "../final/words.ts";
import { History } from "../history.ts";
import { messagesWithout, photosMissing } from "../invariants/medium-alone.ts";
import { gapsInTheLog } from "../invariants/number-reused.ts";
import { twiceStored } from "../invariants/two-messages.ts";
import { wordsLeft } from "../invariants/unsent-body.ts";
import type { RestoredPlace } from "./backups.ts";

/**
 * A restored backup holds whatever was acknowledged before it was begun, is a whole log of messages that were really sent, and holds
 * nothing of what was taken back since (R9, T36).
 */
export async function judgeRestored(facts: Facts, place: RestoredPlace): Promise<string[]> {
  const { sql } = place.database;
  const rows = await dumpRows(sql, facts.world);
  const words = await findWords(sql, []);
  return judge(facts, { rows, words, blobs: listBlobs(place.blobsDir), begunMs: place.begunMs });
}

interface Restored {
  rows: StoredRows;
  words: readonly { word: string; where: string }[];
  blobs: readonly BlobFile[];
  begunMs: number;
}

function judge(facts: Facts, { rows, words, blobs, begunMs }: Restored): string[] {
  const there: Facts = {
    ...facts,
    history: new History(),
    sightings: [],
    stored: new Map(rows.messages.map((row) => [row.id, row])),
    final: { ...facts.final, rows, words, blobs, devices: [], photos: [], shown: [] },
  };
  return [
    ...missing(facts, there, begunMs),
    ...neverSent(facts, there),
    ...stillThere(facts, there),
    ...gapsInTheLog(there),
    ...twiceStored(there),
    ...messagesWithout(there),
    ...photosMissing(there),
    ...wordsLeft(there),
  ];
}

function missing({ sends }: Facts, there: Facts, begunMs: number): string[] {
  return [...sends.values()].flatMap(({ clientId, text, acks }) => {
    const [early] = acks.filter(({ call }) => call.toMs < begunMs);
    if (!early) return [];
    const row = there.stored.get(early.message.id);
    if (!row) return [`${clientId} was acknowledged before the backup, and is not in it`];
    const same =
      row.seq === early.message.seq && row.clientId === clientId && (row.unsent || originalOf(row.text) === text);
    return same ? [] : [`${clientId} is another message in the backup`];
  });
}

function neverSent({ stored }: Facts, there: Facts): string[] {
  return [...there.stored.values()].flatMap((row) => {
    const real = stored.get(row.id);
    return real?.seq === row.seq && real.senderId === row.senderId
      ? []
      : [`${row.id} of the backup was sent by nobody`];
  });
}

function stillThere({ unsends }: Facts, there: Facts): string[] {
  return [...there.stored.values()].flatMap((row) => {
    const isTakenBack = (unsends.get(row.id)?.ackedMs ?? Infinity) < Infinity;
    return isTakenBack && (!row.unsent || row.text !== "")
      ? [`${row.id} was taken back, and the restore brought it back`]
      : [];
  });
}
