import { expect, test } from "bun:test";
import { readFigures, requiredRows, threatTable } from "./threats.ts";

test("figures are the lines that begin with a threat's number", () => {
  const output = [
    "T27: 20 malformed frames, 20 refused",
    "R9 T6 T36: 3 canaries, 0 found",
    "T12 over the whole journey: 0 requests",
    "(pass) T27 a name of a test: with a colon 1",
    "T6: no number",
    "something T6: 5",
  ].join("\n");
  expect(readFigures(output)).toEqual([
    { row: 27, text: "20 malformed frames, 20 refused" },
    { row: 6, text: "3 canaries, 0 found" },
    { row: 36, text: "3 canaries, 0 found" },
    { row: 12, text: "0 requests" },
  ]);
});

test("a row that no test measured is missing", () => {
  const figures = requiredRows.map((row) => ({ row, text: "1 of 1" }));
  expect(threatTable(figures).missing).toEqual([]);
  expect(threatTable(figures.slice(1)).missing).toEqual([requiredRows[0]]);
});
