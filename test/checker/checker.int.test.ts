import { expect, test } from "bun:test";
import { check, type CheckResult } from "./check.ts";

const never = new AbortController().signal;
const seconds = 30;
/** Its third fault is a backup, which is restored at the end. */
const fixedSeed = 26;

for (const [seed, which] of [
  [fixedSeed, "the same seed each time"],
  [Math.floor(Math.random() * 1e9), "another seed each time"],
] as const) {
  test(`R13 R14 R15 R16 R26 ${seconds} seconds of faults on one node, ${which} (${seed}): ten invariants hold`, async () => {
    const result = await check({ seed, seconds, nodes: 1, signal: never, say: () => undefined });
    console.log(JSON.stringify(result));
    expectRight(result);
    if (seed === fixedSeed) expect(result.restored.backups).toBe(1);
    expect(result.messages).toBeGreaterThan(100);
    expect(Object.keys(result.faults).length).toBeGreaterThan(3);
  }, 180_000);
}

function expectRight({ violations, details, crashes, troubles, restored }: CheckResult): void {
  expect({ wrong: Object.entries(violations).filter(([, count]) => count > 0), details }).toEqual({
    wrong: [],
    details: [],
  });
  expect({ crashes, troubles, restored: restored.violations }).toEqual({ crashes: 0, troubles: [], restored: 0 });
}
