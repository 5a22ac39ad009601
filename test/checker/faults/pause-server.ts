import type { Fault } from "../faults.ts";
import { signal } from "../nodes/processes.ts";

/** Stands still and goes on, as a machine that swaps or is moved: it does not know that time passed. */
export const pauseServer: Fault = {
  name: "pauseServer",
  missing: () => null,
  async strike({ node, draw, hold }) {
    const pid = node.pid();
    if (pid === 0) return;
    signal(pid, "SIGSTOP");
    await hold(1_000 + draw.below(3_000));
    signal(pid, "SIGCONT");
    await node.ready();
  },
};
