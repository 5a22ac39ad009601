import { expect, test } from "bun:test";
import { bugs } from "./bugs.ts";
import { checkBugs } from "./check-bugs.ts";
import { invariants } from "./invariants.ts";

test("the checker catches ten planted bugs of ten, each by the invariant that it breaks", async () => {
  expect(bugs.map((bug) => bug.caughtBy)).toEqual(Object.keys(invariants) as (typeof bugs)[number]["caughtBy"][]);
  const result = await checkBugs({
    seed: Math.floor(Math.random() * 1e9),
    signal: new AbortController().signal,
    say: (words) => console.log(words),
  });
  console.log(JSON.stringify(result));
  expect(`${result.caught}/${result.planted}`).toBe("10/10");
}, 600_000);
