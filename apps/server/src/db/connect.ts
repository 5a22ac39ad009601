import { SQL } from "bun";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import { assertFit } from "./assert-fit.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { migrate } from "./migrate.ts";
import type { Sql } from "./sql.ts";

/**
 * The database and what it takes to reach it.
 *
 * `sql` is the pool of the hot path. A `bigint` column comes back as a BigInt: a query that returns one for use as a
 * number says `Number(row.seq)` where it leaves the store. (Bun's other choice is strings, where `seq + 1` is silently "51".)
 * Pass objects, not JSON text, to jsonb. The SQLSTATE of an error is in `error.errno`.
 */
export interface Database extends AsyncDisposable {
  sql: Sql;
  single: SingleConnections;
  /** For `pg`, which runs inside graphile-worker. */
  pgConfig: PgConfig;
  /** Ends the pool, then the embedded server when there is one. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * One connection each for work that is one after the other anyway. Its statements meet the server's process that ran them
 * last, with plans and rows at hand: through the pool of twenty, each batch met another one. Connected on first use.
 */
export interface SingleConnections {
  /** Batches of sends: facts and commit. */
  sends: Sql;
  /** The inbox, derived from the log. */
  inbox: Sql;
}

/** The part of `pg`'s settings that names the server. */
export type PgConfig = { connectionString: string } | { host: string; port: number; user: string; database: string };

/** Where a database is, for `openDatabase`. */
export type DatabaseAddress =
  | { is: "url"; url: string }
  | { is: "socket"; socketDir: string; port: number; user: string; database: string };

/**
 * Starts the embedded server unless `DATABASE_URL` names another one, checks that it is fit, and migrates it.
 * `beside`: for the command line; a server that Sotto runs already is used, and left running.
 */
export async function connect(
  config: Pick<Config, "databaseUrl" | "dataDir" | "databaseConnections">,
  log: Log,
  options: { beside: boolean } = { beside: false },
): Promise<Database> {
  const max = config.databaseConnections;
  if (config.databaseUrl !== undefined)
    return prepare(openDatabase({ is: "url", url: config.databaseUrl }, { max }), log);
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log, leaveRunning: options.beside });
  const { socketDir, port, user, database } = server;
  const opened = openDatabase({ is: "socket", socketDir, port, user, database }, { max });
  const close = once(async () => {
    await opened.close();
    await server.stop();
  });
  return prepare({ ...opened, close, [Symbol.asyncDispose]: close }, log);
}

/** A pool and nothing else: no checks, no migrations. */
export function openDatabase(address: DatabaseAddress, options: { max: number }): Database {
  const sql = openPool(address, options.max);
  const single = { sends: openPool(address, 1), inbox: openPool(address, 1) };
  const close = once(async () => {
    await Promise.all([sql, single.sends, single.inbox].map(async (pool) => await pool.close({ timeout: 5 })));
  });
  return { sql, single, pgConfig: pgConfigFor(address), close, [Symbol.asyncDispose]: close };
}

async function prepare(database: Database, log: Log): Promise<Database> {
  try {
    await assertFit(database.sql);
    await migrate(database.sql, log);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * Statements are prepared once and reach rows by key. A plan made while a table was small (read it all, hash it) stays
 * cached and gets slow as the table grows: facts for 256 sends took 7.8 ms with it, 2.4 ms by index.
 */
const keyedPlans = {
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
} as const;

/**
 * How long a statement waits for somebody's lock: ours are held for milliseconds, and whoever waits holds others up.
 * A send whose conversation is held longer is told to come back.
 */
const lockTimeoutMs = "500";

function openPool(address: DatabaseAddress, max: number): SQL {
  // Whatever the server's default is, this program's commits wait for the disk (T35).
  const shared = {
    adapter: "postgres",
    max,
    bigint: true,
    connection: { synchronous_commit: "on", timezone: "UTC", lock_timeout: lockTimeoutMs, ...keyedPlans },
  } as const;
  if (address.is === "url") return new SQL({ ...shared, url: address.url });
  return new SQL({
    ...shared,
    // Named so that nothing is taken from DATABASE_URL or PGHOST.
    url: `postgres://localhost/${address.database}`,
    path: `${address.socketDir}/.s.PGSQL.${address.port}`,
    username: address.user,
    database: address.database,
  });
}

function pgConfigFor(address: DatabaseAddress): PgConfig {
  if (address.is === "url") return { connectionString: address.url };
  return { host: address.socketDir, port: address.port, user: address.user, database: address.database };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}
