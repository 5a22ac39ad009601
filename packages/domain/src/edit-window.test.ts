import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { mayEdit } from "./edit-window.ts";

const rules = { editWindowMs: 15 * 60_000 };

test("R17 the window is open until its last millisecond, and closed in the next", () => {
  const sentAtMs = Date.parse("2026-01-01T00:00:00Z");
  const after = (ms: number) => mayEdit({ sentAtMs, nowMs: sentAtMs + ms }, rules);
  expect([after(0), after(1), after(15 * 60_000 - 1), after(15 * 60_000)]).toEqual([true, true, true, true]);
  expect([after(15 * 60_000 + 1), after(86_400_000)]).toEqual([false, false]);
});

test("R17 a clock that went back closes no window; a time that is none opens none", () => {
  expect(mayEdit({ sentAtMs: 10_000, nowMs: 0 }, rules)).toBe(true);
  expect(mayEdit({ sentAtMs: Number.NaN, nowMs: 0 }, rules)).toBe(false);
  expect(mayEdit({ sentAtMs: Number.NEGATIVE_INFINITY, nowMs: 0 }, rules)).toBe(false);
});

test("R17 once closed it stays closed as time goes on", () => {
  const time = fc.integer({ min: 0, max: 10 ** 12 });
  fc.assert(
    fc.property(time, time, time, (sentAtMs, oneMs, otherMs) => {
      const [earlierMs, laterMs] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)];
      const open = (nowMs: number) => mayEdit({ sentAtMs, nowMs }, rules);
      return open(earlierMs) || !open(laterMs);
    }),
  );
});
