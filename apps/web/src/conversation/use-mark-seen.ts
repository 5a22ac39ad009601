import { useCallback, useEffect, useRef } from "react";
import type { OpenConversation } from "./use-conversation.ts";

/** Seen means: in sight, in a window that somebody looks at. The marker moves forward alone (R16). */
export function useMarkSeen({ handle, state }: OpenConversation): (seq: number) => void {
  const seen = useRef(0);
  const mine = state.conversation?.readSeq ?? 0;
  const mark = useCallback(() => {
    if (seen.current > mine && document.visibilityState === "visible") handle.markRead(seen.current);
  }, [handle, mine]);
  useEffect(() => {
    document.addEventListener("visibilitychange", mark);
    return () => document.removeEventListener("visibilitychange", mark);
  }, [mark]);
  return useCallback(
    (seq: number) => {
      if (seq <= seen.current) return;
      seen.current = seq;
      mark();
    },
    [mark],
  );
}
