import type { ConversationState } from "@sotto/sdk/interface.ts";
import { useMemo } from "react";

const none: ReadonlyMap<number, readonly string[]> = new Map();

/** Under which message stands who has read up to it (C8): the last one that is here and not taken back, and not after theirs. */
export function useReaders({ receipts, messages }: ConversationState): ReadonlyMap<number, readonly string[]> {
  return useMemo(() => {
    if (receipts.length === 0 || messages.length === 0) return none;
    const readers = new Map<number, string[]>();
    for (const { personId, readSeq } of receipts) {
      const last = messages.findLast(({ seq, unsentAt }) => seq <= readSeq && unsentAt === null);
      if (last === undefined) continue;
      const there = readers.get(last.seq);
      if (there === undefined) readers.set(last.seq, [personId]);
      else there.push(personId);
    }
    return readers;
  }, [receipts, messages]);
}
