import { expect, test } from "bun:test";
import { bugs } from "./bugs.ts";
import { simulate } from "./simulate.ts";

const seed = 20_260;
const roundsMost = 1_200;

function said(differences: readonly string[] | undefined, shows: RegExp): string {
  return differences?.find((one) => shows.test(one)) ?? "not caught";
}

for (const bug of bugs) {
  test(`C22: the planted bug ${bug.name} is caught`, async () => {
    const result = await simulate({ seed, rounds: roundsMost, bug, settleMs: 2_500 });
    console.log(`${bug.name}: after ${result.rounds} rounds: ${said(result.failures[0]?.differences, bug.shows)}`);
    expect(result.differences).toBeGreaterThan(0);
  }, 240_000);
}
