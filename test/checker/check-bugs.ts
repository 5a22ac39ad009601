import { bugs } from "./bugs.ts";
import { check } from "./check.ts";

export interface BugsResult {
  seed: number;
  planted: number;
  /** By the invariant that each breaks. */
  caught: number;
  bugs: Record<string, { caughtBy: string; violations: Record<string, number> }>;
}

const secondsEach = 7;

/** One run for each planted bug: the invariant that it breaks has to count it. Others may count it as well. */
export async function checkBugs(options: {
  seed: number;
  seconds?: number;
  signal: AbortSignal;
  say: (words: string) => void;
}): Promise<BugsResult> {
  const { seed, signal, say, seconds = secondsEach } = options;
  const result: BugsResult = { seed, planted: bugs.length, caught: 0, bugs: {} };
  for (const bug of bugs) {
    if (signal.aborted) break;
    const { violations } = await check({ seed, seconds, nodes: 1, bug, signal, say });
    const found = Object.fromEntries(Object.entries(violations).filter(([, count]) => count > 0));
    result.bugs[bug.name] = { caughtBy: bug.caughtBy, violations: found };
    if (violations[bug.caughtBy] > 0) result.caught += 1;
    say(
      `${bug.name}: ${violations[bug.caughtBy] > 0 ? "caught" : "NOT CAUGHT"} by ${bug.caughtBy} ${JSON.stringify(found)}`,
    );
  }
  return result;
}
