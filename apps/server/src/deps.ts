import { join } from "node:path";
import { diskBlobs } from "./adapters/blobs-disk.ts";
import { localBus } from "./adapters/bus-local.ts";
import type { Config } from "./config.ts";
import type { Blobs } from "./ports/blobs.ts";
import type { Bus } from "./ports/bus.ts";

/** The only file that names adapters. */
export function adapters(config: Pick<Config, "dataDir">): { bus: Bus; blobs: Blobs } {
  return { bus: localBus(), blobs: diskBlobs(join(config.dataDir, "blobs")) };
}
