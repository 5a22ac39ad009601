import { useEffect, useState } from "react";
import type { OpenConversation } from "./use-conversation.ts";

interface Opening {
  /** The read marker when the conversation was opened: the line "New" stays where it was. */
  readSeq: number | null;
  /** The messages to begin with are here: those around the first one that was not read. */
  settled: boolean;
}

/** A conversation opens at the first message that was not read, however many came after it. */
export function useOpening({ handle, state }: OpenConversation): Opening {
  const { conversation, messages } = state;
  const [readSeq, setReadSeq] = useState<number | null>(null);
  const [settled, setSettled] = useState(false);
  const known = conversation !== null && messages.length > 0;
  if (readSeq === null && known) setReadSeq(conversation.readSeq);

  const first = messages[0]?.seq ?? 0;
  const isBefore = known && conversation.unread > 0 && conversation.readSeq + 1 < first && state.hasOlder;
  useEffect(() => {
    if (settled || readSeq === null) return;
    if (!isBefore) return setSettled(true);
    // Where it cannot be reached the conversation opens with what is here.
    handle.jumpTo({ seq: readSeq + 1 }).then(
      () => setSettled(true),
      () => setSettled(true),
    );
  }, [handle, settled, readSeq, isBefore]);
  return { readSeq, settled: settled || !known };
}
