import { useCallback, useMemo, useState, useSyncExternalStore } from "react";

const wide = matchMedia("(min-width: 80rem)");
const key = "sotto.details";

export interface DetailsOpen {
  /** There is room for them beside the conversation. */
  possible: boolean;
  shown: boolean;
  toggle(): void;
}

export function useDetailsOpen(): DetailsOpen {
  const possible = useSyncExternalStore(onWide, () => wide.matches);
  const [wanted, setWanted] = useState(() => localStorage.getItem(key) !== "closed");
  const toggle = useCallback(() => {
    localStorage.setItem(key, wanted ? "closed" : "open");
    setWanted(!wanted);
  }, [wanted]);
  return useMemo(() => ({ possible, shown: possible && wanted, toggle }), [possible, wanted, toggle]);
}

function onWide(listener: () => void): () => void {
  wide.addEventListener("change", listener);
  return () => wide.removeEventListener("change", listener);
}
