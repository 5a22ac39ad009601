import type { Fault } from "../faults.ts";

/** Every connection to a node ends, some times over; in the end nobody gets through for a while. */
export const cutClients: Fault = {
  name: "cutClients",
  missing: () => null,
  async strike({ node, draw, hold }) {
    for (let times = 1 + draw.below(3); times > 0; times -= 1) {
      node.line.cut();
      await hold(100 + draw.below(500));
    }
    node.line.block();
    await hold(300 + draw.below(1_500));
    node.line.open();
  },
};
