import { describe, expect, test } from "bun:test";
import { emojiRows } from "../../emoji-rows.ts";
import { begunShortcode, completeShortcode, emojiOf, matchShortcodes } from "./shortcodes.ts";

const rows = emojiRows();

describe("emoji data (C11)", () => {
  test("every emoji and every skin tone is a sequence that the server takes as a reaction", () => {
    const all = rows.flatMap(([emoji, , , , , skins]) => [emoji, ...(skins ?? [])]);
    const refused = all.filter((emoji) => !/^\p{RGI_Emoji}$/v.test(emoji));
    const toned = rows.filter(([, , , , , skins]) => skins !== undefined);
    console.log(
      `emoji: ${rows.length}, with tones ${toned.length}, sequences ${all.length}, not RGI ${refused.length}`,
    );
    expect(refused).toEqual([]);
    expect(new Set(rows.map(([emoji]) => emoji)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(1_800);
    expect(toned.length).toBeGreaterThan(200);
  });

  test("each has a shortcode, and a shortcode is one emoji", () => {
    const names = rows.flatMap(([, , , , all]) => all.split(" "));
    expect(names.length - new Set(names).size).toBe(0);
    expect(emojiOf(rows, "sunglasses")).toBe("😎");
    expect(rows.filter(([, , , , names]) => names === "").map(([emoji]) => emoji)).toEqual([]);
  });
});

describe("shortcodes (C11)", () => {
  test("what is typed before the caret: a word's beginning, never an address or a time", () => {
    expect(begunShortcode("hello :wav")).toEqual({ from: 6, name: "wav" });
    expect(begunShortcode(":+1")).toEqual({ from: 0, name: "+1" });
    expect(begunShortcode("(:he")).toEqual({ from: 1, name: "he" });
    for (const none of ["", ":", ":w", "http://x", "14:30", "a:bc", "::bc", ":wave ", "x".repeat(200)])
      expect({ none, found: begunShortcode(none) }).toEqual({ none, found: null });
    expect(completeShortcode("so :wave:")).toEqual({ from: 3, name: "wave" });
    expect(completeShortcode("14:30:")).toBeNull();
    expect(begunShortcode(`${"x".repeat(9_000)} :wav`)).toEqual({ from: 9_001, name: "wav" });
  });

  test("the name itself comes first, then what begins with it", () => {
    expect(matchShortcodes(rows, "wave", 5)[0]).toEqual({ emoji: "👋", name: "wave" });
    expect(matchShortcodes(rows, "heart", 8)[0]?.emoji).toBe("❤️");
    expect(matchShortcodes(rows, "HEART_E", 8)[0]?.name).toBe("heart_eyes");
    expect(matchShortcodes(rows, "zzzz", 8)).toEqual([]);
    expect(matchShortcodes(rows, "ca", 8).length).toBe(8);
    expect(emojiOf(rows, "+1")).toBe("👍");
    expect(emojiOf(rows, "no_such_thing")).toBeUndefined();
  });

  test("looking through all of them takes a moment", () => {
    const began = performance.now();
    for (let time = 0; time < 20; time += 1) matchShortcodes(rows, "ar", 8);
    console.log(
      `shortcodes: one look through ${rows.length} takes ${((performance.now() - began) / 20).toFixed(2)} ms`,
    );
  });
});
