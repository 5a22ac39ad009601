import { seededRandom } from "../../apps/server/src/media/seeded-random.ts";

/**
 * Choices that a seed decides. Every step of every client has a draw of its own, made from the seed and its place: what an
 * earlier step used up, or how long it took, changes nothing for the next one.
 */
export interface Draw {
  /** In [0, 1). */
  unit(): number;
  /** A whole number from 0 to `count - 1`. */
  below(count: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T | undefined;
  /** By weight; the list may not be empty. */
  weighted<T extends { weight: number }>(list: readonly T[]): T;
}

export function drawOf(...place: (string | number)[]): Draw {
  const unit = seededRandom(Number(Bun.hash.xxHash32(place.join("/"))));
  const below = (count: number) => Math.floor(unit() * count);
  return {
    unit,
    below,
    chance: (probability) => unit() < probability,
    pick: (list) => list[below(list.length)],
    weighted(list) {
      let left = unit() * list.reduce((sum, one) => sum + one.weight, 0);
      const found = list.find((one) => (left -= one.weight) < 0) ?? list.at(-1);
      if (!found) throw new Error("nothing to choose from");
      return found;
    },
  };
}

/** The same things in another order. */
export function shuffled<T>(draw: Draw, list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: draw.unit() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
