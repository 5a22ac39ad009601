import type { Facts } from "../facts.ts";
import { serverLog } from "../final/words.ts";
import { wordPattern } from "../load.ts";

/**
 * (6) What was taken back is nowhere: not in any answer to what was asked after the acknowledgement, not in any event of a
 * socket opened after it, nor in one that is newer than the tombstone; not in any column, log or address of a photo (R9).
 */
export function unsentBody(facts: Facts): string[] {
  return [
    ...shownLater(facts),
    ...quotedLater(facts),
    ...keptInRows(facts),
    ...wordsLeft(facts),
    ...photosServed(facts),
  ];
}

function shownLater({ sightings, unsends, stored }: Facts): string[] {
  return sightings.flatMap(({ message, device, sinceMs, by }) => {
    if (message.text === "" && message.media.length === 0 && message.unsentAt !== null) return [];
    const ackedMs = unsends.get(message.id)?.ackedMs ?? Infinity;
    const row = stored.get(message.id);
    const isAfter = sinceMs > ackedMs || (row?.unsent === true && message.change >= row.change);
    return isAfter ? [`${device} was shown ${message.id} after it was taken back (${by})`] : [];
  });
}

/** In a quote as well: of what was taken back it says only where it was. */
function quotedLater({ sightings, unsends }: Facts): string[] {
  return sightings.flatMap(({ message: { id, replyTo }, device, sinceMs, by }) => {
    if (!replyTo || (replyTo.text === undefined && replyTo.placeholder === undefined)) return [];
    const ackedMs = unsends.get(replyTo.messageId)?.ackedMs ?? Infinity;
    return sinceMs > ackedMs ? [`${device} was shown ${replyTo.messageId} in a quote of ${id} (${by})`] : [];
  });
}

function keptInRows({ final }: Facts): string[] {
  const holding = new Set(final.rows.messageMedia.map((row) => `${row.conversationId} ${row.seq}`));
  return final.rows.messages.flatMap((row) => {
    const kept =
      row.text !== "" || row.fingerprint !== null || row.hasMedia || holding.has(`${row.conversationId} ${row.seq}`);
    return row.unsent && kept ? [`the tombstone ${row.id} keeps its content`] : [];
  });
}

/** While a message stands its words may lie wherever the server needs them, but in no log. Afterwards they lie nowhere. */
export function wordsLeft({ final, sends, stored }: Facts): string[] {
  const standing = new Set([...stored.values()].flatMap((row) => (row.unsent ? [] : wordsIn(row.text))));
  const ofThisRound = new Set(
    [...sends.values()].flatMap((send) => send.calls.flatMap((call) => wordsIn(String(call.input["text"])))),
  );
  return final.words.flatMap(({ word, where }) => {
    if (!ofThisRound.has(word) || (standing.has(word) && where !== serverLog)) return [];
    return [`${word} lies in ${where}`];
  });
}

function wordsIn(text: string): string[] {
  return text.match(new RegExp(wordPattern, "g")) ?? [];
}

function photosServed({ final, sightings, stored }: Facts): string[] {
  const ofTombstones = new Set(
    sightings.flatMap(({ message }) => (stored.get(message.id)?.unsent ? message.media.map((one) => one.id) : [])),
  );
  const held = new Set(final.rows.messageMedia.map((row) => row.mediaId));
  return final.photos.flatMap(({ mediaId, status }) =>
    ofTombstones.has(mediaId) && !held.has(mediaId) && status === 200
      ? [`the photo ${mediaId} of a tombstone is served`]
      : [],
  );
}
