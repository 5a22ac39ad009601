import type { Fault } from "../faults.ts";
import { canSeeProcesses, descendants, signal } from "../nodes/processes.ts";

/** kill -9 of every server, the postmaster and its backends at one moment. The machine itself lives on, and its disk cache with it. */
export const killEverything: Fault = {
  name: "killEverything",
  missing: () => null,
  async strike({ cluster }) {
    const pid = cluster.database.postmasterPid();
    const backends = canSeeProcesses && pid > 0 ? descendants(pid) : [];
    for (const one of [...cluster.nodes.map((node) => node.pid()), pid, ...backends])
      if (one > 0) signal(one, "SIGKILL");
    await Promise.all(cluster.nodes.map(async (node) => await node.end("SIGKILL")));
    await cluster.database.ensure();
    await Promise.all(cluster.nodes.map(async (node) => await node.start()));
  },
};
