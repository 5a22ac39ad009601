import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareQueue } from "./jobs/worker.ts";
import { silentLog } from "./log.ts";
import { type Database, openDatabase } from "./db/connect.ts";
import { databaseUser, socketPort } from "./db/embedded-settings.ts";
import { startEmbeddedPostgres } from "./db/embedded-postgres.ts";
import { migrate } from "./db/migrate.ts";
import { adminConnection, isAlive, readPostmaster } from "./db/postmaster.ts";

/** Set by `scripts/test.ts`: the socket folder of the one server that a whole run shares. */
const sharedSocketVariable = "SOTTO_TEST_SOCKET";
const templateName = "sotto_template";

/**
 * A fresh, migrated database for one test file, with the job queue's tables: `await using database = await testDatabase()`. It is a copy of a migrated
 * template, so it takes some tens of milliseconds, and is dropped at the end.
 */
export async function testDatabase(options: { max?: number } = {}): Promise<Database> {
  const socketDir = await testServer();
  await makeTemplateOnce(socketDir);
  const name = `t_${crypto.randomUUID().replaceAll("-", "")}`;
  await admin(socketDir, (sql) => sql.unsafe(`create database ${name} template ${templateName}`));
  const address = { is: "socket", socketDir, port: socketPort, user: databaseUser, database: name } as const;
  const opened = openDatabase(address, { max: options.max ?? 4 });
  const close = async () => {
    await opened.close();
    await admin(socketDir, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
  };
  return { ...opened, close, [Symbol.asyncDispose]: close };
}

/** The run's shared server, or one for this process: files that run in one process take it over from each other. */
async function testServer(): Promise<string> {
  const shared = process.env[sharedSocketVariable];
  if (shared !== undefined) return shared;
  sweepLeftovers();
  const dataDir = join(tmpdir(), `sotto-test-${process.pid}`);
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  process.env[sharedSocketVariable] = server.socketDir;
  return server.socketDir;
}

/** A test run ends without a word to us: its server stops with it, and its folder goes when the next one starts. */
function sweepLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^sotto-test-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
    const dataDir = join(tmpdir(), name);
    if (Number.isNaN(pid) || isAlive(pid) || readPostmaster(join(dataDir, "postgres")) !== undefined) continue;
    try {
      rmSync(dataDir, { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/** The template is made under a lock, by whichever test file comes first. */
async function makeTemplateOnce(socketDir: string): Promise<void> {
  await admin(socketDir, async (sql) => {
    await sql`select pg_advisory_lock(1)`;
    const found = await sql`select 1 from pg_database where datname = ${templateName}`;
    if (found.length > 0) return;
    const fresh = `${templateName}_new`;
    await sql.unsafe(`drop database if exists ${fresh} with (force)`);
    await sql.unsafe(`create database ${fresh}`);
    const address = { is: "socket", socketDir, port: socketPort, user: databaseUser, database: fresh } as const;
    const opened = openDatabase(address, { max: 1 });
    await migrate(opened.sql, silentLog());
    await prepareQueue({ database: opened, log: silentLog() });
    await opened.close();
    await sql.unsafe(`alter database ${fresh} rename to ${templateName}`);
  });
}

async function admin<T>(socketDir: string, work: (sql: ReturnType<typeof adminConnection>) => Promise<T>): Promise<T> {
  const sql = adminConnection(socketDir);
  try {
    return await work(sql);
  } finally {
    await sql.close();
  }
}
