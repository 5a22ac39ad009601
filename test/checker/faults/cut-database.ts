import type { Fault } from "../faults.ts";

/** A node loses the database, which lives on with the others: connections end, or stay and carry nothing. */
export const cutDatabase: Fault = {
  name: "cutDatabase",
  missing: ({ nodes }) =>
    nodes.some((node) => node.databaseLine) ? null : "the embedded database is reached by a file",
  async strike({ node, draw, hold }) {
    if (draw.chance(0.5)) node.databaseLine?.stall();
    else node.databaseLine?.block();
    await hold(500 + draw.below(3_000));
    node.databaseLine?.flow();
    node.databaseLine?.open();
    await node.ready();
  },
};
