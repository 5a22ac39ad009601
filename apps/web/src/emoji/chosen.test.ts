import { expect, test } from "bun:test";
import { recentOf, withRecent } from "./chosen.ts";

test("C13: the emoji used last come first, each once, sixteen of them; what is no emoji is not shown", () => {
  expect(withRecent(["👍", "❤️", "😂"], "❤️")).toEqual(["❤️", "👍", "😂"]);
  const many = Array.from({ length: 30 }, (_, at) => String.fromCodePoint(0x1f600 + at));
  expect(many.reduce<string[]>(withRecent, [])).toEqual(many.toReversed().slice(0, 16));
  expect(recentOf(`👍 <b> 👋🏽 x ${"a".repeat(10_000)}`)).toEqual(["👍", "👋🏽"]);
  expect(recentOf(null)).toEqual([]);
});
