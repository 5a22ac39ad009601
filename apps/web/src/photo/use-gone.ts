import { useEffect, useRef } from "react";

/** A conversation that is loaded anew lacks its older messages for a moment. */
const loadsMs = 2_000;

/** Closes what shows something once that has been gone for a while: nothing opens by itself, should it come again. */
export function useGone(gone: boolean, close: () => void): void {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  });
  useEffect(() => {
    if (!gone) return;
    const timer = setTimeout(() => latest.current(), loadsMs);
    return () => clearTimeout(timer);
  }, [gone]);
}
