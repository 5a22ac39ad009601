import { expect, test } from "bun:test";
import { noFilter, spanOf } from "./filter.ts";

test("C18 a span of days goes from the first one's beginning to the last one's end", () => {
  const days = spanOf({ ...noFilter, time: "days", fromDay: "2026-02-27", toDay: "2026-02-28" });
  expect(new Date(days.from ?? "")).toEqual(new Date(2026, 1, 27));
  expect(new Date(days.to ?? "")).toEqual(new Date(2026, 2, 1));
  expect(spanOf({ ...noFilter, time: "days", fromDay: "", toDay: "" })).toEqual({});
  expect(spanOf(noFilter)).toEqual({});
});

test("C18 the last week begins with a whole day", () => {
  const { from } = spanOf({ ...noFilter, time: "week" }, new Date(2026, 10, 23, 14, 5).getTime());
  expect(new Date(from ?? "")).toEqual(new Date(2026, 10, 16));
});
