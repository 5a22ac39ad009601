import type { ClusterConfig } from "./config-cluster.ts";
import type { fields, ProblemList } from "./config-fields.ts";

/** What an operator needs beside the product: figures, traces, backups. */
export interface OperationsConfig {
  /** Undefined: `/metrics` answers callers of this machine alone. */
  metricsToken: string | undefined;
  /** Where traces go, by OTLP over HTTP. Undefined: none are made. */
  tracesUrl: string | undefined;
  /** The ledger of erasures, as given; undefined: S3 where it is set, else `erasures` below the data folder. */
  ledgerDir: string | undefined;
  /** The words that backups are encrypted with; the server itself has no use for them. */
  backupKey: string | undefined;
}

export function readOperations(
  read: ReturnType<typeof fields>,
  cluster: Pick<ClusterConfig, "nats">,
  problems: ProblemList,
): OperationsConfig {
  const ledgerDir = read.optionalText("SOTTO_LEDGER", { minChars: 1 });
  const bucket = read.optionalText("S3_URL", { minChars: 1 });
  // Each would keep one of its own, and a restore with one of them would bring back what another process erased (T36).
  if (cluster.nats !== undefined && bucket === undefined && ledgerDir === undefined)
    problems.add("SOTTO_LEDGER", "is needed with NATS_URL and without S3_URL: one folder, which all processes share");
  return {
    metricsToken: read.optionalText("SOTTO_METRICS_TOKEN", { minChars: 16 }),
    tracesUrl: httpUrl(read.optionalText("OTEL_EXPORTER_OTLP_ENDPOINT", { minChars: 1 }), problems),
    ledgerDir,
    backupKey: read.optionalText("SOTTO_BACKUP_KEY", { minChars: 16 }),
  };
}

/** It may hold a password: it is not repeated. */
function httpUrl(value: string | undefined, problems: ProblemList): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url.href.replace(/\/$/, "");
  problems.add("OTEL_EXPORTER_OTLP_ENDPOINT", "needs an address like http://collector:4318");
  return undefined;
}
