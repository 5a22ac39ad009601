import { Logger, run, runMigrations, type LogFunctionFactory } from "graphile-worker";
import pg from "pg";
import type { Database } from "../db/connect.ts";
import { describeError, type Log } from "../log.ts";
import type { Jobs } from "./jobs.ts";

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

/** Does jobs, here and now, beside any number of other processes. */
export async function startWorker(
  options: QueueOptions & { jobs: readonly Jobs[] },
): Promise<{ stop: () => Promise<void> }> {
  const { log, jobs } = options;
  const pgPool = openPool(options, 4);
  for (const { begin } of jobs) await begin?.();
  const runner = await run({
    pgPool,
    logger: new Logger(jobLog(log)),
    taskList: Object.assign({}, ...jobs.map(({ tasks }) => tasks)),
    crontab: jobs.flatMap(({ crontab }) => crontab).join("\n"),
    concurrency: jobs.reduce((sum, { concurrency }) => sum + concurrency, 0),
    // New jobs announce themselves; this is for those of a later time: a reaction's push, and what is tried again.
    pollInterval: 1_000,
    noHandleSignals: true,
  });
  return {
    stop: async () => {
      await Promise.all([runner.stop(), ...jobs.map(async ({ end }) => await end?.())]);
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
