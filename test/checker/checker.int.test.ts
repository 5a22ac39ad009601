import { expect, test } from "bun:test";
import { checkedSeconds, expectRight } from "./expect-right.ts";

/** Its third fault is a backup, which is restored at the end. */
const seed = 26;

test(`R13 R14 R15 R16 R26 ${checkedSeconds} seconds of faults on one node, the same seed each time (${seed}): ten invariants hold`, async () => {
  expect((await expectRight(seed)).restored.backups).toBe(1);
}, 180_000);
