import { expect, test } from "bun:test";
import { bugs } from "./bugs.ts";
import { simulate } from "./simulate.ts";

const seed = 20_260;
const roundsMost = 240;

for (const bug of bugs) {
  test(`C22: the planted bug ${bug.name} is caught`, async () => {
    const result = await simulate({ seed, rounds: roundsMost, bug, settleMs: 1_000 });
    console.log(`${bug.name}: after ${result.rounds} rounds: ${result.failures[0]?.differences[0] ?? "not caught"}`);
    expect(result.differences).toBeGreaterThan(0);
  }, 120_000);
}
