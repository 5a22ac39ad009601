import type { Fault } from "../faults.ts";

export const restartBroker: Fault = {
  name: "restartBroker",
  missing: ({ broker }) => (broker ? null : "one node has no broker"),
  async strike({ cluster }) {
    await cluster.broker?.restart();
  },
};
