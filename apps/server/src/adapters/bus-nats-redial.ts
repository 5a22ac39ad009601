/**
 * How long the client waits between attempts. It compares with the wall clock when it last tried, so a clock set back an
 * hour would keep it away for an hour: the answer here goes by monotonic time, and is "now" once that says so.
 */
export function redialDelay(waitMs: number, nowMs: () => number = () => performance.now()): () => number {
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const leftMs = lastMs + waitMs * (0.75 + Math.random() / 2) - nowMs();
    if (leftMs > 0) return leftMs;
    lastMs = nowMs();
    return Number.NEGATIVE_INFINITY;
  };
}
