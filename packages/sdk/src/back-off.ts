import { waits } from "./waits.ts";

/** Exponential with full jitter, so that a restarted server is not met by everybody at once. `attempt` counts from 0. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(waits.longestBackOffMs, waits.firstBackOffMs * 2 ** Math.min(attempt, 16));
  return Math.round(ceiling * (0.2 + 0.8 * random()));
}
