import { expect, test } from "bun:test";
import { splitMentions } from "./mentions.ts";

const people = new Set(["ines", "sofia.l", "li_2"]);

test("C11: who is named in a text leads to their profile; others, addresses and halves of names stay text", () => {
  expect(shown("Ask @ines.")).toEqual(["Ask ", "[ines]", "."]);
  expect(shown("@Sofia.L, @li_2 and @tomas")).toEqual(["[sofia.l]", ", ", "[li_2]", " and @tomas"]);
  expect(shown("mail@ines and @inesita")).toEqual(["mail@ines and @inesita"]);
  expect(shown("اسأل @ines الآن")).toEqual(["اسأل ", "[ines]", " الآن"]);
  expect(shown("")).toEqual([]);
});

test("T28: a long text of nothing but signs is parted in linear time", () => {
  expect(shown("@".repeat(50_000)).length).toBe(1);
  expect(shown("@a.".repeat(20_000)).length).toBe(1);
});

function shown(text: string): string[] {
  return splitMentions(text, people).map((part) => (part.is === "text" ? part.text : `[${part.username}]`));
}
