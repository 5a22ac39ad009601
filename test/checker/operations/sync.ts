import type { Operation } from "../operations.ts";

/** A look beside the device's own: from the beginning, or from where it stands, in pages of any size. */
export const sync: Operation = {
  name: "sync",
  weight: 6,
  async run({ device, draw }) {
    const cursor = device.cursor();
    const from = cursor === null || draw.chance(0.2) ? {} : { cursor };
    await device.call("sync", "sync.pull", { limit: 1 + draw.below(50), ...from });
  },
};
