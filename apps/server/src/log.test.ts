import { expect, test } from "bun:test";
import { describeError } from "./log.ts";

test("what an error quotes stays out of the log, and what it names stays in it", () => {
  const told = (message: string) => describeError(new Error(message)).message;
  expect(told('invalid input syntax for type uuid: "What I wrote"')).toBe('invalid input syntax for type uuid: "…"');
  expect(told('duplicate key value violates unique constraint "messages_pkey"')).toContain('"messages_pkey"');
  expect(told('Key (text)=(What I wrote) exists in "people"')).toBe('Key (text)=(…) exists in "people"');
  expect(told('relation "people" says "I said "no" (twice)" here')).toBe('relation "people" says "…" here');
  expect(told("Key (text)=(one (two) three) exists")).toBe("Key (text)=(…) exists");
  expect(told('Unexpected identifier "Hello"')).toBe('Unexpected identifier "…"');
});

test("an error's other fields, and its words in the stack, stay out as well", () => {
  const error = Object.assign(new Error('near "What I wrote"'), { detail: "Failing row contains (What I wrote)." });
  const line = JSON.stringify(describeError(error));
  expect(line).not.toContain("What I wrote");
  expect(line).toContain("log.test.ts");
});
