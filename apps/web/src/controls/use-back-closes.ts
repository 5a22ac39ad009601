import { useEffect, useRef } from "react";

/** The way back closes what lies above the page, and leaves the page where it is. */
export function useBackCloses(onClose: () => void): void {
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  }, [onClose]);
  useEffect(() => {
    const mark = crypto.randomUUID();
    history.pushState({ above: mark }, "");
    const back = () => close.current();
    addEventListener("popstate", back);
    return () => {
      removeEventListener("popstate", back);
      // Closed by its own button: the step that was added goes with it.
      if (isMarked(history.state, mark)) history.back();
    };
  }, []);
}

function isMarked(state: unknown, mark: string): boolean {
  return typeof state === "object" && state !== null && "above" in state && state.above === mark;
}
