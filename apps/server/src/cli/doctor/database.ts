import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { assertFit } from "../../db/assert-fit.ts";
import { openDatabase, type Database } from "../../db/connect.ts";
import { startEmbeddedPostgres } from "../../db/embedded-postgres.ts";
import { migrationsDir, readMigrations } from "../../db/migrate.ts";
import type { Sql } from "../../db/sql.ts";
import { silentLog } from "../../log.ts";
import { ok, warning, within, wordsOf, wrong, type Finding } from "./finding.ts";

/** As it is: not migrated, not changed. The embedded one is used when it runs, and started for the look when it does not. */
export async function openAsItIs(config: Config): Promise<Database> {
  if (config.databaseUrl !== undefined) return openDatabase({ is: "url", url: config.databaseUrl }, { max: 2 });
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log: silentLog(), leaveRunning: true });
  const { socketDir, port, user, database } = server;
  const opened = openDatabase({ is: "socket", socketDir, port, user, database }, { max: 2 });
  const close = async () => {
    await opened.close();
    await server.stop();
  };
  return { ...opened, close, [Symbol.asyncDispose]: close };
}

/** The embedded one is made by the first start. */
export function isMade({ dataDir, databaseUrl }: Pick<Config, "dataDir" | "databaseUrl">): boolean {
  return (
    databaseUrl !== undefined || existsSync(join(dataDir, "postgres")) || existsSync(join(dataDir, "postgres.location"))
  );
}

const answersWithinMs = 5_000;
const skewWarnedMs = 2_000;
const skewWrongMs = 60_000;

export async function checkDatabase(
  { sql }: Database,
  { databaseUrl }: Pick<Config, "databaseUrl">,
): Promise<{ findings: Finding[]; usable: boolean }> {
  const what = "database";
  try {
    const [row] = await within(sql<[{ version: string }]>`select version()`, answersWithinMs, "the database");
    await assertFit(sql);
    const migrations = await checkMigrations(sql);
    const findings = [ok(what, row.version.split(" on ")[0] ?? ""), await checkClock(sql), migrations];
    return { findings, usable: migrations.state === "ok" };
  } catch (error) {
    const todo =
      "Check DATABASE_URL, that PostgreSQL runs, and that this machine may connect to it. For the embedded one, look at data/postgres.log.";
    return { findings: [wrong(what, `${placeOf(databaseUrl)}: ${wordsOf(error)}`, todo)], usable: false };
  }
}

/** Where it was looked for, without the password. */
export function placeOf(databaseUrl: string | undefined): string {
  if (databaseUrl === undefined) return "the embedded PostgreSQL";
  const { hostname, port } = new URL(databaseUrl);
  return `PostgreSQL at ${hostname || "localhost"}:${port || "5432"}`;
}

async function checkMigrations(sql: Sql): Promise<Finding> {
  const what = "schema";
  const [{ made }] = await sql`select to_regclass('migrations') is not null as made`;
  if (made !== true) return warning(what, "the database is empty", "`npm start` makes the tables.");
  const applied: { name: string; sha256: string; breaking: boolean }[] = await sql`
    select name, sha256, breaking from migrations order by name`;
  const ours = new Map(readMigrations(migrationsDir).map((one) => [one.name, one]));
  const changed = applied.filter((one) => (ours.get(one.name)?.sha256 ?? one.sha256) !== one.sha256);
  const newer = applied.filter((one) => !ours.has(one.name));
  const open = ours.size - (applied.length - newer.length);
  if (changed.length > 0)
    return wrong(
      what,
      `${changed.map((one) => one.name).join(", ")} is not what it was when this database applied it`,
      "Run the Sotto that this database belongs to: its files were changed, or it is another one.",
    );
  if (newer.some((one) => one.breaking))
    return wrong(
      what,
      `a newer Sotto changed it (${newer.map((one) => one.name).join(", ")})`,
      "Start that newer version; this one cannot.",
    );
  if (open > 0) return warning(what, `${open} migrations wait`, "The next start applies them; make a backup before.");
  return ok(what, `${applied.length} migrations, all applied`);
}

async function checkClock(sql: Sql): Promise<Finding> {
  const beforeMs = Date.now();
  const [{ now_ms: thereMs }] = await sql`select (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`;
  return judgeClock(thereMs - (beforeMs + Date.now()) / 2);
}

export function judgeClock(skewMs: number): Finding {
  const what = "clocks";
  const by = `${(Math.abs(skewMs) / 1000).toFixed(1)} s`;
  const detail = `the database is ${by} ${skewMs > 0 ? "ahead of" : "behind"} this machine`;
  const todo =
    "Run a time service (chrony, systemd-timesyncd) on both machines. Order never depends on it; the times that people see do.";
  if (Math.abs(skewMs) > skewWrongMs) return wrong(what, detail, todo);
  if (Math.abs(skewMs) > skewWarnedMs) return warning(what, detail, todo);
  return ok(what, `${by} apart`);
}
