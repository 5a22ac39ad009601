import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeCursor } from "../src/cursors.ts";

/** What no field of any command expects (T27). As JSON text, so that `__proto__` and duplicate keys arrive as they are. */
export const hostileJson: readonly string[] = [
  "null",
  "true",
  "{}",
  "[]",
  "[[]]",
  "[null]",
  '{"$gt":""}',
  '{"__proto__":{"administrator":true}}',
  '{"toString":"x","valueOf":1}',
  '{"length":1e9}',
  '["a","b","c"]',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"a\\udfffb"',
  '"\\udc00\\ud800"',
  '"__proto__"',
  '"constructor"',
  '"hasOwnProperty"',
  '""',
  '" "',
  '"\'; drop table people; --"',
  '"%"',
  '"\\\\"',
  '"%00"',
  '"\\uffff\\ufffe"',
  '"\\u202e\\u2066abc"',
  '"0"',
  '"-1"',
  '"1e999"',
  '"NaN"',
  '"Infinity"',
  '"null"',
  '"00000000-0000-0000-0000-000000000000"',
  '"ffffffff-ffff-ffff-ffff-ffffffffffff"',
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59.999999999Z"',
  '"2024-02-30T00:00:00Z"',
  '"https://\\u0000/"',
  "0",
  "-0",
  "-1",
  "1.5",
  "1e308",
  "1e999",
  "-1e999",
  "2147483648",
  "9007199254740991",
  "9007199254740992",
  "9223372036854775807",
  "9223372036854775808",
  "99999999999999999999999999999999999999",
  "1e-300",
  JSON.stringify("a".repeat(50_000)),
  JSON.stringify("é".repeat(25_000)),
  JSON.stringify("a\u0301".repeat(16_000)),
  JSON.stringify("👩‍👩‍👧‍👦".repeat(2_000)),
  "[".repeat(2_000) + "]".repeat(2_000),
];

/** Cursors that decode, with parts that nobody gave out. */
export function hostileCursors(): string[] {
  const times = [
    "0000-01-01T00:00:00Z",
    "-271821-04-20T00:00:00Z",
    "+275760-09-13T00:00:00Z",
    "Jan 1 2020",
    "2020",
    "2020-01-01T24:00:00Z",
    "1",
    "99999",
    "2024-02-30",
    "1 Jan 2020 GMT+1",
  ];
  const ids = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
  const numbers = [-1, 0, 3, 1.5, 2_147_483_648, 9_007_199_254_740_991, -9_007_199_254_740_991];
  const texts = ["", "a\0", "\ud800", "%", "a".repeat(90), "'"];
  return [
    ...times.flatMap((time) => ids.flatMap((id) => [encodeCursor([true, time, id]), encodeCursor([time, id])])),
    ...numbers.flatMap((number) =>
      texts.flatMap((text) => [encodeCursor([number, text]), encodeCursor([text, number])]),
    ),
    "AAAA",
    "e30",
    "W10",
    "bnVsbA",
    Buffer.from('[{"__proto__":1}]').toString("base64url"),
    Buffer.from("[".repeat(100)).toString("base64url"),
  ];
}

/** The list of naughty strings of the corpus, where there is one; its own small list otherwise. */
export function naughtyStrings(): { strings: string[]; from: string } {
  const corpus = process.env["SOTTO_CORPUS"];
  const path = join(corpus ?? "", "text/big-list-of-naughty-strings__blns.json");
  if (corpus === undefined || !existsSync(path))
    return { strings: ownNaughtyStrings, from: "the test's own list (SOTTO_CORPUS is not set)" };
  return { strings: JSON.parse(readFileSync(path, "utf8")), from: "the corpus" };
}

const ownNaughtyStrings = [
  "undefined",
  "\\",
  "1/0",
  "<script>alert(1)</script>",
  "ÅÍÎÏ˝ÓÔÒÚÆ☃",
  "田中さんにあげて下さい",
  "👾 🙇 💁 🙅 🙆 🙋 🙎 🙍",
  "הָיְתָה testالصفحات التّحول",
  "\u200b\u200c\u200d\u2060\ufeff",
  "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
  "\u202e\u2066reversed\u2069",
  "$HOME `ls` %s%n {{7*7}} ${1+1}",
  "\t leading and trailing \r\n",
];
