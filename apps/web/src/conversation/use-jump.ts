import { SottoError } from "@sotto/sdk/error.ts";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { toast } from "../controls/toast.tsx";
import { errorText } from "../session/problem.ts";
import { useText } from "../text/intl.tsx";
import type { OpenConversation } from "./use-conversation.ts";
import type { Goal } from "./use-reading-place.ts";

const highlightMs = 2_400;

/** To one message of this conversation, from any depth of history: asked by a quote, a pin, a search, or the address of the page. */
export function useJump({ handle }: OpenConversation, ready: boolean) {
  const t = useText();
  const [goal, setGoal] = useState<Goal | null>(null);
  const [highlightedSeq, setHighlightedSeq] = useState<number | null>(null);
  const [missing, setMissing] = useState(false);

  const to = useCallback(
    async (where: { messageId: string } | { seq: number }) => {
      setMissing(false);
      try {
        const seq = await handle.jumpTo(where);
        setGoal({ seq });
        setHighlightedSeq(seq);
      } catch (error) {
        if (error instanceof SottoError && (error.code === "not_found" || error.code === "invalid")) setMissing(true);
        else toast(errorText(t, error));
      }
    },
    [handle, t],
  );
  useEffect(() => {
    if (highlightedSeq === null) return;
    const timer = setTimeout(() => setHighlightedSeq(null), highlightMs);
    return () => clearTimeout(timer);
  }, [highlightedSeq, goal]);
  useAddressedMessage(ready, to);

  const toSeq = useCallback((seq: number) => void to({ seq }), [to]);
  const dismiss = useCallback(() => setMissing(false), []);
  return useMemo(
    () => ({ goal, highlightedSeq, missing, toSeq, dismiss }),
    [goal, highlightedSeq, missing, toSeq, dismiss],
  );
}

/** `?message=<id>`: followed once, and taken out of the address, so that a reload opens the conversation as ever. */
function useAddressedMessage(ready: boolean, to: (where: { messageId: string }) => Promise<void>): void {
  const messageId = new URLSearchParams(useSearch()).get("message");
  const [path, navigate] = useLocation();
  const followed = useRef<string | null>(null);
  useEffect(() => {
    if (messageId === null) followed.current = null;
    if (!ready || messageId === null || followed.current === messageId) return;
    followed.current = messageId;
    void to({ messageId });
    navigate(path, { replace: true });
  }, [ready, messageId, to, path, navigate]);
}
