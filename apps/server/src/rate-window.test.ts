import { expect, test } from "bun:test";
import { RateWindow } from "./rate-window.ts";

const start = 1_800_000_000_000;

test("so many in a window, then a wait until it ends", () => {
  const window = new RateWindow({ points: 3, perSeconds: 1 });
  expect([0, 1, 2].map((ms) => window.take("a", start + ms))).toEqual([0, 0, 0]);
  expect(window.take("a", start + 400)).toBe(600);
  expect(window.take("b", start + 400)).toBe(0);
  expect(window.take("a", start + 1000)).toBe(0);
});

test("what is given back can be taken again", () => {
  const window = new RateWindow({ points: 1, perSeconds: 1 });
  expect(window.take("a", start)).toBe(0);
  window.giveBack("a", start);
  expect(window.take("a", start)).toBe(0);
  expect(window.take("a", start)).toBeGreaterThan(0);
});

test("what is given back frees its own place alone: not one of the next window, and none that was refused", () => {
  const window = new RateWindow({ points: 2, perSeconds: 1 });
  for (const ms of [0, 1, 2, 3, 4]) window.take("a", start + ms);
  window.giveBack("a", start);
  expect([5, 6].map((ms) => window.take("a", start + ms) === 0)).toEqual([true, false]);
  expect([1000, 1001].map((ms) => window.take("a", start + ms))).toEqual([0, 0]);
  window.giveBack("a", start + 1);
  expect(window.take("a", start + 1002)).toBeGreaterThan(0);
});

test("keys are forgotten: memory is that of two windows", () => {
  const window = new RateWindow({ points: 3, perSeconds: 1 });
  let most = 0;
  for (let n = 0; n < 100_000; n += 1) {
    window.take(`key${n}`, start + n);
    most = Math.max(most, window.size);
  }
  expect(most).toBeLessThanOrEqual(2_001);
});

test("a clock that jumps an hour either way holds nobody up", () => {
  const window = new RateWindow({ points: 1, perSeconds: 1 });
  const hour = 3_600_000;
  for (const nowMs of [start, start - hour, start, start + hour, start])
    expect(window.take("a", nowMs), String(nowMs - start)).toBe(0);
});
