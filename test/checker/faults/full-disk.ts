import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../faults.ts";

/** A file takes all the room that is left, for some seconds. */
export const fullDisk: Fault = {
  name: "fullDisk",
  missing: ({ smallDisk }) =>
    smallDisk === undefined ? "no small file system: it takes one node, root on Linux, and 4 GB of free memory" : null,
  async strike({ cluster, draw, hold }) {
    const file = join(cluster.smallDisk ?? "", "filler");
    fill(file);
    await hold(1_500 + draw.below(2_000));
    rmSync(file);
    await cluster.database.ensure();
    await Promise.all(cluster.nodes.map(async (node) => await node.start()));
  },
};

function fill(path: string): void {
  const handle = openSync(path, "w");
  const [large, small] = [Buffer.alloc(4 * 1024 * 1024, 1), Buffer.alloc(4096, 1)];
  for (const bytes of [large, small]) {
    try {
      while (writeSync(handle, bytes) > 0);
    } catch {
      // No room for a piece of this size: now smaller ones.
    }
  }
  closeSync(handle);
}
