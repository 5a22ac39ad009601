import { expect } from "bun:test";
import { check, type CheckResult } from "./check.ts";

const never = new AbortController().signal;
export const checkedSeconds = 30;

/** One node under faults, the result printed: nothing wrong, nothing crashed, and something happened. */
export async function expectRight(seed: number): Promise<CheckResult> {
  const result = await check({ seed, seconds: checkedSeconds, nodes: 1, signal: never, say: () => undefined });
  console.log(JSON.stringify(result));
  const { violations, details, crashes, troubles, restored } = result;
  const wrong = Object.entries(violations).filter(([, count]) => count > 0);
  expect({ wrong, details }).toEqual({ wrong: [], details: [] });
  expect({ crashes, troubles, restored: restored.violations }).toEqual({ crashes: 0, troubles: [], restored: 0 });
  expect(result.messages).toBeGreaterThan(100);
  expect(Object.keys(result.faults).length).toBeGreaterThan(3);
  return result;
}
