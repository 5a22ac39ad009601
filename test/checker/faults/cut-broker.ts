import type { Fault } from "../faults.ts";

/** A node loses the broker, and with it what the others say; or its words get lost on the way. */
export const cutBroker: Fault = {
  name: "cutBroker",
  missing: ({ nodes }) => (nodes.some((node) => node.brokerLine) ? null : "one node has no broker"),
  async strike({ node, draw, hold }) {
    const way = draw.below(3);
    if (way === 0) node.brokerLine?.mute();
    else if (way === 1) node.brokerLine?.stall();
    else node.brokerLine?.block();
    await hold(500 + draw.below(4_000));
    node.brokerLine?.flow();
    node.brokerLine?.cut();
    node.brokerLine?.open();
  },
};
