import { busContract } from "./bus-contract.ts";
import { localBus } from "./bus-local.ts";

busContract(
  "local",
  async (count) => {
    const bus = localBus();
    return {
      buses: Array.from({ length: count }, () => bus),
      settled: async () => {},
      [Symbol.asyncDispose]: () => bus.close(),
    };
  },
  false,
);
