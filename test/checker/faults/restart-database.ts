import type { Fault } from "../faults.ts";
import { signal, untilGone } from "../nodes/processes.ts";

/** A fast shutdown, as an operator does it: every connection ends, and it comes back. */
export const restartDatabase: Fault = {
  name: "restartDatabase",
  missing: () => null,
  async strike({ cluster }) {
    const pid = cluster.database.postmasterPid();
    if (pid === 0) return;
    signal(pid, "SIGINT");
    await untilGone(pid);
    await cluster.database.ensure();
  },
};
