import { expect, test } from "bun:test";
import { drawOf, shuffled } from "./draw.ts";
import { wordOf, wordPattern } from "./load.ts";
import { operations } from "./operations.ts";

test("the same seed chooses the same things, whatever an earlier step used up", () => {
  const plan = (seed: number) =>
    Array.from({ length: 500 }, (_, step) => {
      const draw = drawOf(seed, 0, 7, step);
      return [draw.weighted(operations).name, draw.below(20)];
    });
  expect(plan(5)).toEqual(plan(5));
  expect(plan(5)).not.toEqual(plan(6));
  const greedy = drawOf(5, 0, 7, 1);
  for (let n = 0; n < 100; n += 1) greedy.unit();
  expect(drawOf(5, 0, 7, 2).unit()).toBe(drawOf(5, 0, 7, 2).unit());
});

test("every operation is chosen, and a shuffle loses nothing", () => {
  const chosen = new Set(Array.from({ length: 5_000 }, (_, step) => drawOf(1, 0, 0, step).weighted(operations).name));
  expect(chosen.size).toBe(operations.length);
  expect(shuffled(drawOf(2), [1, 2, 3, 4]).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
});

test("every text begins with a word of its own", () => {
  const words = Array.from({ length: 50 }, (_, device) =>
    Array.from({ length: 400 }, (__, step) => wordOf(`c${device}`, step)),
  ).flat();
  expect(new Set(words).size).toBe(words.length);
  expect(words.every((word) => new RegExp(`^${wordPattern}$`).test(word))).toBe(true);
});
