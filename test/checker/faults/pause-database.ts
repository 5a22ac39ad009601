import type { Fault } from "../faults.ts";
import { canSeeProcesses, descendants, signal } from "../nodes/processes.ts";

/** A database that answers some seconds late. */
export const pauseDatabase: Fault = {
  name: "pauseDatabase",
  missing: () => (canSeeProcesses ? null : "needs /proc"),
  async strike({ cluster, draw, hold }) {
    const pid = cluster.database.postmasterPid();
    const all = pid > 0 ? [pid, ...descendants(pid)] : [];
    for (const one of all) signal(one, "SIGSTOP");
    await hold(1_000 + draw.below(4_000));
    for (const one of all) signal(one, "SIGCONT");
    await cluster.database.ensure();
  },
};
