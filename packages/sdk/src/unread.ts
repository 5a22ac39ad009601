import type { Conversation, Message } from "@sotto/protocol/types.ts";

/**
 * Pure: whether the number of unread messages held is what the server would say (R16). It is counted on from the server's last answer
 * only where nothing is missing in between; elsewhere it is a guess, and the server is asked.
 */

/** After an answer; `wasSure` of what was held before it. */
export function isSureAfterAnswer(held: Conversation | undefined, incoming: Conversation, wasSure: boolean): boolean {
  if (!held) return true;
  const lastSeq = incoming.change < held.change ? held.lastSeq : incoming.lastSeq;
  if (Math.max(held.readSeq, incoming.readSeq) >= lastSeq) return true;
  // Counted after another marker, or with other messages hidden, than is shown beside it.
  if (incoming.change >= held.change)
    return incoming.readSeq >= held.readSeq && incoming.hiddenCount >= held.hiddenCount;
  return wasSure && incoming.readSeq <= held.readSeq && incoming.hiddenCount <= held.hiddenCount;
}

/** After a message that is new here, or one that changed. */
export function isSureAfterMessage(
  held: Conversation,
  message: Message,
  { isCounted, wasSure }: { isCounted: boolean; wasSure: boolean },
): boolean {
  if (message.change <= held.change) return wasSure;
  // What came before it is still to come, and nobody will know then whether it is new.
  if (message.change > held.change + 1) return false;
  // It need not have been counted: it may be one that I deleted for me, or one whose time was up.
  const isTakenBack = message.unsentAt !== null && isCounted && message.seq > held.readSeq;
  return wasSure && !isTakenBack;
}

/** After a marker that moved, here or elsewhere. */
export function isSureAfterRead(held: Conversation, readSeq: number, wasSure: boolean): boolean {
  return readSeq >= held.lastSeq || (wasSure && readSeq <= held.readSeq);
}
