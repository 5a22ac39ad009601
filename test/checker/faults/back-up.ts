import type { Fault } from "../faults.ts";

/** No fault, and something that happens to a server under load: a backup. The last one is restored and judged at the end. */
export const backUp: Fault = {
  name: "backUp",
  missing: ({ backups }) => (backups ? null : "one node alone"),
  async strike({ cluster }) {
    await cluster.backups?.take();
  },
};
