import type { Fault } from "../faults.ts";
import { canSeeProcesses, descendants, signal, untilGone } from "../nodes/processes.ts";

/**
 * Everything is killed at one moment, and whatever the database had not synced is taken out of its files: the server first, so
 * that it acknowledges nothing that the database writes in its last milliseconds.
 */
export const powerCut: Fault = {
  name: "powerCut",
  missing: ({ losePower }) => (losePower ? null : "only with --power"),
  async strike({ cluster, hold, draw, say }) {
    await hold(draw.below(1_000));
    const pid = cluster.database.postmasterPid();
    const backends = canSeeProcesses && pid > 0 ? descendants(pid) : [];
    for (const one of [...cluster.nodes.map((node) => node.pid()), pid, ...backends])
      if (one > 0) signal(one, "SIGKILL");
    await Promise.all(cluster.nodes.map(async (node) => await node.end("SIGKILL")));
    for (const one of [pid, ...backends]) if (one > 0) await untilGone(one);
    const lost = cluster.losePower?.();
    if (lost) say(`lost: ${lost.writes} writes to ${lost.files} files that were not synced`);
    await Promise.all(cluster.nodes.map(async (node) => await node.start()));
  },
};
