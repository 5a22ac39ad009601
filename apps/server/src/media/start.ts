import { availableParallelism } from "node:os";
import { join } from "node:path";
import { limits } from "@sotto/protocol/limits.ts";
import { Logger, run, runMigrations, type LogFunctionFactory } from "graphile-worker";
import pg from "pg";
import type { Media, MediaState } from "@sotto/protocol/types.ts";
import type { Config } from "../config.ts";
import type { Database } from "../db/connect.ts";
import type { Sql } from "../db/sql.ts";
import type { Refusal } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import type { Log } from "../log.ts";
import type { Blobs } from "../ports/blobs.ts";
import { createChildPool } from "./child-pool.ts";
import { mediaHandlers } from "./handlers.ts";
import { mediaCrontab, mediaTasks } from "./jobs.ts";
import { openQuarantine } from "./quarantine.ts";
import { deleteBlobs, purgeMedia } from "./purge.ts";
import { serveRoute } from "./serve.ts";
import { mediaViews } from "./store.ts";
import { requeueInterrupted } from "./sweep.ts";
import { uploadRoute } from "./upload.ts";

const finishWithinMs = 1_000;

export interface MediaOptions {
  config: Pick<Config, "dataDir">;
  database: Pick<Database, "sql" | "pgConfig">;
  blobs: Blobs;
  log: Log;
  /** Counts an upload that a person begins; a refusal when it was one too many. */
  limitUpload: (personId: string) => Promise<Refusal | null>;
  /** A hint to the owner that a medium is ready or failed. */
  notify: (ownerId: string, media: MediaState) => void;
  now?: () => Date;
  /** Room on the disk that uploads leave free. */
  reserveBytes?: number;
}

export interface RunningMedia {
  views: (mediaIds: readonly string[]) => Promise<Map<string, Media>>;
  purge: { purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>; deleteBlobs: () => Promise<void> };
  handlers: Handlers;
  routes: { upload: ReturnType<typeof uploadRoute>; serve: ReturnType<typeof serveRoute> };
  /** Finishes what ends within a second; what does not is begun anew at the next start. */
  stop: () => Promise<void>;
}

/** The photo pipeline: media/upload → verify → transform (child process) → store → serve. */
export async function startMedia(options: MediaOptions): Promise<RunningMedia> {
  const {
    config,
    database,
    blobs,
    log,
    limitUpload,
    notify,
    now = () => new Date(),
    reserveBytes = 256 * 1024 * 1024,
  } = options;
  const { sql } = database;
  const quarantine = await openQuarantine({ dir: join(config.dataDir, "quarantine"), reserveBytes });
  const pool = createChildPool({ log });
  const deps = { sql, blobs, quarantine, pool, log, now, limitUpload, notify };
  const worker = await startWorker({ database, log, deps });
  let stopped: Promise<void> | undefined;
  return {
    views: (mediaIds) => mediaViews(sql, mediaIds),
    purge: {
      purge: async (tx, mediaIds) => {
        await purgeMedia(tx, mediaIds, now());
      },
      deleteBlobs: () => deleteListed(deps),
    },
    handlers: mediaHandlers(deps),
    routes: { upload: uploadRoute(deps), serve: serveRoute(deps) },
    stop: () => (stopped ??= Promise.all([worker.stop(), pool.close({ finishWithinMs })]).then(() => {})),
  };
}

/** The rows are gone and nothing serves the bytes: what cannot be deleted now is the sweep's. */
async function deleteListed(deps: { sql: Sql; blobs: Blobs; log: Log }): Promise<void> {
  try {
    await deleteBlobs(deps);
  } catch (error) {
    deps.log.error({ err: error }, "bytes of removed photos could not be deleted yet");
  }
}

async function startWorker(options: {
  database: Pick<Database, "pgConfig" | "sql">;
  log: Log;
  deps: Parameters<typeof mediaTasks>[0];
}): Promise<{ stop: () => Promise<void> }> {
  const { database, log, deps } = options;
  // The pool's own: a killed backend must not end the process.
  const pgPool = new pg.Pool({ ...database.pgConfig, max: 4 });
  pgPool.on("error", (error) => log.warn({ err: error }, "a connection of the jobs was lost"));
  pgPool.on("connect", (client) => client.on("error", () => {}));
  const logger = new Logger(jobLog(log));
  await runMigrations({ pgPool, logger });
  await requeueInterrupted(deps);
  const runner = await run({
    pgPool,
    logger,
    taskList: mediaTasks(deps),
    crontab: mediaCrontab,
    // Jobs wait for their turn in the child pool, which knows whose they are: one person's alone never fill the places here.
    concurrency: limits.pendingUploads + availableParallelism() + 1,
    // New jobs announce themselves; this is for those that are tried again.
    pollInterval: 5_000,
    noHandleSignals: true,
  });
  return {
    stop: async () => {
      await runner.stop();
      await pgPool.end();
    },
  };
}

/** Its own line for every job is too much: warnings and errors only. */
function jobLog(log: Log): LogFunctionFactory {
  return () => (level, message) => {
    if (level === "error") log.error({ from: "jobs" }, message);
    // Most places here wait for a child, not for a connection: few connections are enough.
    if (level === "warning" && !message.includes("maxPoolSize")) log.warn({ from: "jobs" }, message);
  };
}
