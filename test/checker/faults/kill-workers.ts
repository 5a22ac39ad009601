import type { Fault } from "../faults.ts";
import { canSeeProcesses, commandOf, descendants, signal } from "../nodes/processes.ts";

/** kill -9 of the children that decode photos, twice in a row. */
export const killWorkers: Fault = {
  name: "killWorkers",
  missing: () => (canSeeProcesses ? null : "needs /proc"),
  async strike({ cluster, hold }) {
    for (const pauseMs of [700, 0]) {
      for (const node of cluster.nodes) {
        const pid = node.pid();
        const workers = pid > 0 ? descendants(pid).filter((one) => commandOf(one).includes("transform-child")) : [];
        for (const one of workers) signal(one, "SIGKILL");
      }
      await hold(pauseMs);
    }
  },
};
