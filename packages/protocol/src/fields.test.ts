import { expect, test } from "bun:test";
import fc from "fast-check";
import { clientId, countGraphemes, textUpTo, time, username, wellFormed } from "./fields.ts";

const ok = (schema: { safeParse: (value: unknown) => { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

test("C11 characters are counted as people count them, to the last one", () => {
  const cases: [text: string, count: number][] = [
    ["", 0],
    ["abc", 3],
    ["e\u0301", 1],
    ["👨‍👩‍👧‍👦", 1],
    ["🇩🇪🇫🇷", 2],
    ["👍🏽", 1],
    ["\r\n", 1],
    ["नि", 1],
  ];
  for (const [text, count] of cases) expect(countGraphemes(text, 100)).toBe(count);
  expect(countGraphemes("a".repeat(1_000), 10)).toBe(11);
  for (const one of ["a", "é", "e\u0301", "👍🏽"]) {
    expect(ok(textUpTo(50), one.repeat(50))).toBe(true);
    expect(ok(textUpTo(50), one.repeat(51))).toBe(false);
  }
});

test("T27 text is well-formed and has no NUL", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      (text) => ok(wellFormed, text) === (text.isWellFormed() && !text.includes("\0")),
    ),
  );
  for (const text of ["\0", "a\0", "\ud800", "\udc00a", "\ud800\ud800"]) expect(ok(wellFormed, text)).toBe(false);
});

test("T28 the worst texts are judged in a time that grows with their length alone", () => {
  const worst = [
    `a${"\u0301".repeat(50_000)}`,
    "👨‍".repeat(16_000),
    "\u200d".repeat(16_000),
    "ᄀ".repeat(16_000),
    "🇩".repeat(12_000),
  ];
  const startedMs = performance.now();
  for (const text of worst) ok(textUpTo(10_000, 65_536), text);
  for (const text of ["a".repeat(50_000), "..".repeat(25_000), "a.".repeat(25_000)])
    [username, clientId].forEach((schema) => ok(schema, text));
  console.log(
    `T28: ${worst.length + 6} judgements of texts of up to 50,000 characters took ${(performance.now() - startedMs).toFixed(1)} ms`,
  );
});

test("usernames and client ids hold what they may and nothing else", () => {
  for (const name of ["ab", "a.b_c", "0x", "a".repeat(30)]) expect(ok(username, name)).toBe(true);
  for (const name of ["a", "A.b", "..", "__", "a b", "a".repeat(31), "ab\n", "äb", "a-b", ""])
    expect(ok(username, name)).toBe(false);
  for (const id of ["a", "A_-9", "x".repeat(64)]) expect(ok(clientId, id)).toBe(true);
  for (const id of ["", "x".repeat(65), "a b", 'a"b', "a\n", "ä"]) expect(ok(clientId, id)).toBe(false);
});

test("times are UTC and such that the database knows them", () => {
  for (const text of ["2030-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"]) expect(ok(time, text)).toBe(true);
  for (const text of [
    "0000-01-01T00:00:00Z",
    "2030-02-30T00:00:00Z",
    "2030-01-01T00:00:00+01:00",
    "2030-01-01",
    "now",
    "+12030-01-01T00:00:00Z",
  ])
    expect(ok(time, text)).toBe(false);
});
