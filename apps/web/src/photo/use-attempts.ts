import { useEffect, useState } from "react";
import { useSotto, useStore } from "../session/session.tsx";

export type ShownState = "loading" | "shown" | "gone";

const attempts = 3;
const pauseMs = 1_500;

/** An image that did not come is asked for again: only when the server can be reached and still has none is it gone. */
export function useAttempts(): { state: ShownState; attempt: number; onLoad: () => void; onError: () => void } {
  const online = useStore(useSotto().connection).is === "online";
  const [attempt, setAttempt] = useState(1);
  const [state, setState] = useState<ShownState | "failed">("loading");

  useEffect(() => {
    if (state !== "failed" || !online) return;
    const timer = setTimeout(() => {
      setAttempt(attempt + 1);
      setState(attempt < attempts ? "loading" : "gone");
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [state, online, attempt]);

  return {
    state: state === "failed" ? "loading" : state,
    attempt,
    onLoad: () => setState("shown"),
    onError: () => setState("failed"),
  };
}
