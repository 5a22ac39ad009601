import { useEffect, useState } from "react";
import { useSotto, useStore } from "../session/session.tsx";

export type ShownState = "loading" | "shown" | "gone";

interface Attempts {
  state: ShownState;
  /** Another one is another image element. */
  attempt: number;
  /** The browser would draw a torn picture over the placeholder. */
  torn: boolean;
  onLoad: () => void;
  onError: () => void;
}

const attemptsMost = 3;
const pauseMs = 1_500;

/**
 * An image that did not come is asked for again: only when the server can be reached and still has none is it gone, and once the
 * connection was away and came back it is asked for anew.
 */
export function useAttempts(): Attempts {
  const online = useStore(useSotto().connection).is === "online";
  const [attempt, setAttempt] = useState(1);
  const [left, setLeft] = useState(attemptsMost - 1);
  const [state, setState] = useState<ShownState | "failed">("loading");

  useEffect(() => {
    if (!online) setLeft(attemptsMost);
  }, [online]);
  useEffect(() => {
    const again = state === "failed" || (state === "gone" && left === attemptsMost);
    if (!again || !online) return;
    const timer = setTimeout(() => {
      setAttempt((before) => before + 1);
      setLeft(left - 1);
      setState(left > 0 ? "loading" : "gone");
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [state, online, left]);

  return {
    state: state === "failed" ? "loading" : state,
    attempt,
    torn: state === "failed",
    onLoad: () => setState("shown"),
    onError: () => setState("failed"),
  };
}
