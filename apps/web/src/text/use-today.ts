import { useSyncExternalStore } from "react";
import { dayKey } from "./time.ts";

const lookEveryMs = 30_000;

/** The day it is here. Whoever says "Today" or leaves the date out is drawn again when the day is over. */
export function useToday(): string {
  return useSyncExternalStore(subscribe, today);
}

function today(): string {
  return dayKey(Date.now());
}

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, lookEveryMs);
  return () => clearInterval(timer);
}
