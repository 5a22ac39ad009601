import type { Fault } from "../faults.ts";
import { canSeeProcesses, descendants, signal, untilGone } from "../nodes/processes.ts";

/** kill -9 of the postmaster, or of it and every backend at once: what only lay in its memory is gone. */
export const killDatabase: Fault = {
  name: "killDatabase",
  missing: () => null,
  async strike({ cluster, draw }) {
    const pid = cluster.database.postmasterPid();
    if (pid === 0) return;
    const others = canSeeProcesses && draw.chance(0.5) ? descendants(pid) : [];
    for (const one of [pid, ...others]) signal(one, "SIGKILL");
    await untilGone(pid);
    await cluster.database.ensure();
  },
};
