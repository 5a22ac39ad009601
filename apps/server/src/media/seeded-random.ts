/** Numbers in [0, 1), the same ones for the same seed (mulberry32): pictures and corruptions that can be made again. */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = Math.imul(Math.trunc(seed) + 1, 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
