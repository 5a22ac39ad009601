import { join, resolve } from "node:path";
import { createDiskBlobs } from "./adapters/blobs-disk.ts";
import { createS3Blobs } from "./adapters/blobs-s3.ts";
import { diskLedger } from "./adapters/ledger-disk.ts";
import { localBus } from "./adapters/bus-local.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { Blobs } from "./ports/blobs.ts";
import type { Bus } from "./ports/bus.ts";
import type { Ledger } from "./ports/ledger.ts";

/** The only file that names adapters. */
export async function adapters(config: Pick<Config, "dataDir" | "s3">, log: Log): Promise<{ bus: Bus; blobs: Blobs }> {
  return { bus: localBus(), blobs: await openBlobs(config) };
}

/** `beside`: for a tool while the server runs. */
export async function openBlobs(config: Pick<Config, "dataDir">, options: { beside?: boolean } = {}): Promise<Blobs> {
  return await createDiskBlobs({ dir: join(config.dataDir, "blobs"), ...options });
}

/** Outside the database and its backups: a folder of its own. */
export function openLedger({ dataDir, operations }: Pick<Config, "dataDir" | "operations">): Ledger & AsyncDisposable {
  return diskLedger({ dir: resolve(operations.ledgerDir ?? join(dataDir, "erasures")) });
}
