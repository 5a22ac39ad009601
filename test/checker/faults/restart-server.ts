import type { Fault } from "../faults.ts";

/** A stop that drains, and a start: what a new version is. */
export const restartServer: Fault = {
  name: "restartServer",
  missing: () => null,
  async strike({ node }) {
    await node.end("SIGTERM");
    await node.start();
  },
};
