import type { Fault } from "../faults.ts";

const hourMs = 3_600_000;

/** A node's clock is an hour ahead, then an hour behind, then right again. */
export const clockJump: Fault = {
  name: "clockJump",
  missing: () => null,
  async strike({ node, draw, hold }) {
    const ways = draw.chance(0.5) ? [hourMs, -hourMs] : [-hourMs, hourMs];
    for (const offsetMs of [...ways, 0]) {
      node.setClock(offsetMs);
      await hold(700 + draw.below(900));
    }
  },
};
