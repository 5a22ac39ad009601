import { expect, test } from "bun:test";
import { lengthOf } from "./text-length.ts";

test("C11: characters are counted as people count them", () => {
  const family = "👨‍👩‍👧‍👦";
  expect(lengthOf("x".repeat(9_500))).toEqual({ left: null, tooLong: false });
  expect(lengthOf("x".repeat(9_999))).toEqual({ left: 1, tooLong: false });
  expect(lengthOf("x".repeat(10_001))).toEqual({ left: -1, tooLong: true });
  expect(lengthOf(family.repeat(2_000))).toEqual({ left: null, tooLong: false });
  expect(lengthOf(family.repeat(3_000)).tooLong).toBe(true);
});
