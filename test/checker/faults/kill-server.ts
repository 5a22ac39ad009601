import type { Fault } from "../faults.ts";

/** kill -9 in the middle of everything. */
export const killServer: Fault = {
  name: "killServer",
  missing: () => null,
  async strike({ node, draw, hold }) {
    await node.end("SIGKILL");
    await hold(draw.below(800));
    await node.start();
  },
};
