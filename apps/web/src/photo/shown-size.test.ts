import { describe, expect, test } from "bun:test";
import { shownSize } from "./shown-size.ts";

const space = { width: 440, height: 480 };

describe("the size of a photo in the conversation (C32)", () => {
  test("a wide photo fills the width, a tall one the height", () => {
    expect(shownSize({ width: 4032, height: 3024 }, space)).toEqual({ width: 440, height: 330 });
    expect(shownSize({ width: 3024, height: 4032 }, space)).toEqual({ width: 360, height: 480 });
  });

  test("panoramas and strips are cut, tiny photos are not blown up to the full width", () => {
    expect(shownSize({ width: 10_000, height: 1_000 }, space).height).toBeGreaterThan(200);
    expect(shownSize({ width: 500, height: 9_000 }, space)).toEqual({ width: 298, height: 480 });
    expect(shownSize({ width: 20, height: 20 }, space).width).toBe(198);
  });
});
