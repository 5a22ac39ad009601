import { afterAll, expect, test } from "bun:test";
import { durationText } from "./durations.ts";
import { setLocale } from "./locale.ts";

afterAll(() => setLocale("en"));

test("a length of time in the largest unit of which it is a whole number", () => {
  const hour = 3_600;
  expect([5, 60, 90 * 60, hour, 36 * hour, 24 * hour, 7 * 24 * hour, 90 * 24 * hour].map(durationText)).toEqual([
    "5 seconds",
    "1 minute",
    "90 minutes",
    "1 hour",
    "36 hours",
    "1 day",
    "1 week",
    "90 days",
  ]);
  setLocale("ar");
  expect(durationText(24 * hour)).toBe("يوم");
});
