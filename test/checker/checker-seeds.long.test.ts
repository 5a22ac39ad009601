import { test } from "bun:test";
import { checkedSeconds, expectRight } from "./expect-right.ts";

for (const seed of [Math.floor(Math.random() * 1e9), Math.floor(Math.random() * 1e9)]) {
  test(`R13 R14 R15 R16 R26 ${checkedSeconds} seconds of faults on one node, another seed each time (${seed}): ten invariants hold`, async () => {
    await expectRight(seed);
  }, 180_000);
}
