import type { Fault } from "../faults.ts";

/** What clients say arrives, and no answer comes back: then the line is cut. */
export const muteServer: Fault = {
  name: "muteServer",
  missing: () => null,
  async strike({ node, draw, hold }) {
    node.line.mute();
    await hold(300 + draw.below(1_500));
    node.line.cut();
  },
};
