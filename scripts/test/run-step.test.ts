import { expect, test } from "bun:test";
import { readCounts } from "./run-step.ts";

test("the counts of a run are read from its last lines, whatever the tests print", () => {
  const output =
    "(pass) 7 pass\n 9 pass\n 3 fail here\n(skip) R1 needs SOTTO_CORPUS\n\n 12 pass\n 1 skip\n 2 todo\n 3 fail\n";
  expect(readCounts(output)).toEqual({
    passed: 12,
    failed: 3,
    skipped: 3,
    skippedTests: ["R1 needs SOTTO_CORPUS"],
    failedTests: [],
  });
});

test("a coloured run is read the same", () => {
  expect(readCounts("\u001b[32m 5 pass\u001b[0m\n\u001b[2m 0 fail\u001b[0m\n")).toMatchObject({ passed: 5, failed: 0 });
});

test("a failed test is named once, with the first line of its own error", () => {
  const output = [
    "(pass) first [1.00ms]",
    "error: expected 1 to be 2",
    "TimeoutError: what came of it",
    "(fail) R5 a block [12.34ms]",
    "(fail) without an error",
    "(fail) R5 a block [12.34ms]",
    "(fail) too slow [60000.12ms]",
    "  ^ this test timed out after 60000ms.",
    " 4 fail",
  ].join("\n");
  expect(readCounts(output).failedTests).toEqual([
    "R5 a block: error: expected 1 to be 2",
    "without an error",
    "too slow: this test timed out after 60000ms.",
  ]);
});
