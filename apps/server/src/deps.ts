import { join, resolve } from "node:path";
import { createDiskBlobs } from "./adapters/blobs-disk.ts";
import { createS3Blobs } from "./adapters/blobs-s3.ts";
import { localBus } from "./adapters/bus-local.ts";
import { natsBus } from "./adapters/bus-nats.ts";
import { blobsLedger } from "./adapters/ledger-blobs.ts";
import { diskLedger } from "./adapters/ledger-disk.ts";
import { smtpMailer } from "./adapters/mailer-smtp.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { Blobs } from "./ports/blobs.ts";
import type { Bus } from "./ports/bus.ts";
import type { Ledger } from "./ports/ledger.ts";
import type { Mailer } from "./ports/mailer.ts";
import { deriveKey } from "./secret.ts";

type BlobConfig = Pick<Config, "dataDir" | "s3">;

/** The only file that names adapters. */
export async function adapters(
  config: BlobConfig & Pick<Config, "nats" | "secret">,
  log: Log,
): Promise<{ bus: Bus; blobs: Blobs }> {
  return { bus: openBus(config, log), blobs: await openBlobs(config, { log }) };
}

/** The bucket where one is named, else a folder. `beside`: for a tool while the server runs. */
export async function openBlobs(
  { dataDir, s3 }: BlobConfig,
  { log, beside = false }: { log: Log; beside?: boolean },
): Promise<Blobs> {
  if (s3 !== undefined) return createS3Blobs({ address: s3, log });
  return await createDiskBlobs({ dir: join(dataDir, "blobs"), beside });
}

/** Undefined without a mail server: whoever would write a letter says so instead. */
export function openMailer({ mail }: Pick<Config, "mail">): Mailer | undefined {
  return mail === undefined ? undefined : smtpMailer(mail);
}

/** The subjects' prefix comes from the secret that all nodes share: two installations on one broker stay apart. */
function openBus({ nats, secret }: Pick<Config, "nats" | "secret">, log: Log): Bus {
  if (nats === undefined) return localBus();
  return natsBus({ address: nats, prefix: deriveKey(secret, "bus").slice(0, 16), log });
}

/** Outside the database and its backups: the folder that is named, else the bucket, else a folder beside the photos. */
export function openLedger(
  { dataDir, s3, operations }: BlobConfig & Pick<Config, "operations">,
  log: Log,
): Ledger & AsyncDisposable {
  if (operations.ledgerDir !== undefined) return diskLedger({ dir: resolve(operations.ledgerDir) });
  if (s3 === undefined) return diskLedger({ dir: join(dataDir, "erasures") });
  return blobsLedger({ blobs: createS3Blobs({ address: s3, log }), where: `${s3.endpoint}/${s3.bucket}/erasures/` });
}
