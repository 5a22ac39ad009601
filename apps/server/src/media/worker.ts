import { availableParallelism } from "node:os";
import { limits } from "@sotto/protocol/limits.ts";
import { Logger, run, runMigrations, type LogFunctionFactory } from "graphile-worker";
import pg from "pg";
import type { Database } from "../db/connect.ts";
import { describeError, type Log } from "../log.ts";
import { mediaCrontab, mediaTasks } from "./jobs.ts";
import type { ProcessDeps } from "./process.ts";
import { requeueInterrupted } from "./sweep.ts";

interface QueueOptions {
  database: Pick<Database, "pgConfig" | "sql">;
  log: Log;
}

/** Every process queues jobs, so every one sees to the queue's tables; one after the other. */
export async function prepareQueue({ database, log }: QueueOptions): Promise<void> {
  const pgPool = openPool({ database, log }, 1);
  try {
    await database.sql.begin(async (tx) => {
      await tx`set local lock_timeout = 0`;
      await tx`select pg_advisory_xact_lock(hashtextextended('the job queue', 0))`;
      await runMigrations({ pgPool, logger: new Logger(jobLog(log)) });
    });
  } finally {
    await pgPool.end();
  }
}

/** Does jobs, here and now, beside any number of others. */
export async function startWorker(
  options: QueueOptions & { deps: ProcessDeps },
): Promise<{ stop: () => Promise<void> }> {
  const { log, deps } = options;
  const pgPool = openPool(options, 4);
  await requeueInterrupted(deps);
  const runner = await run({
    pgPool,
    logger: new Logger(jobLog(log)),
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

/** The jobs' own: a killed backend must not end the process. */
function openPool({ database, log }: QueueOptions, max: number): pg.Pool {
  const pgPool = new pg.Pool({ ...database.pgConfig, max });
  pgPool.on("error", (error) => log.warn({ error: describeError(error) }, "a connection of the jobs was lost"));
  pgPool.on("connect", (client) => client.on("error", () => {}));
  return pgPool;
}

/** Its own line for every job is too much: warnings and errors only. */
function jobLog(log: Log): LogFunctionFactory {
  return () => (level, message) => {
    if (level === "error") log.error({ from: "jobs" }, message);
    // Most places here wait for a child, not for a connection: few connections are enough.
    if (level === "warning" && !message.includes("maxPoolSize")) log.warn({ from: "jobs" }, message);
  };
}
