import { expect, test } from "bun:test";
import { damageLog, isoTime, isShowable } from "./damage.ts";

test("T30 each damaged row is logged once, and the log has an end", () => {
  const told: string[] = [];
  const damaged = damageLog((error) => told.push(String(error)));
  for (let n = 0; n < 5_000; n++) damaged(`row ${n % 2_000}`);
  expect(told).toHaveLength(1_000);
  expect(told[0]).toContain("row 0");
  expect(new Set(told).size).toBe(1_000);
});

test("T30 what is no time of ours is shown as the epoch", () => {
  const fine = [new Date(), new Date(0), new Date("0001-01-01T00:00:00Z"), new Date("9999-12-31T23:59:59.999Z")];
  expect(fine.every(isShowable)).toBe(true);
  expect(fine.map(isoTime)).toEqual(fine.map((time) => time.toISOString()));
  const none = [
    Number.POSITIVE_INFINITY,
    new Date(Number.NaN),
    new Date("+010000-01-01"),
    new Date("-000043-03-15"),
  ] as Date[];
  expect(none.some(isShowable)).toBe(false);
  expect(new Set(none.map(isoTime))).toEqual(new Set(["1970-01-01T00:00:00.000Z"]));
});
