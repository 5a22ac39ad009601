import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReservedSQL } from "bun";
import type { Log } from "../log.ts";
import type { Sql } from "./sql.ts";

/**
 * Migrations are the files `NNNN-name.sql`, applied in order, each once, each in one transaction, and never changed
 * afterwards. One that older code could not live with begins with the line `-- breaking`: that code then refuses to start.
 */
export interface Migration {
  name: string;
  sql: string;
  breaking: boolean;
  sha256: string;
}

/** Any constant: two servers that start at once migrate one after the other. */
const lockKey = 5_071_733;

export async function migrate(sql: Sql, log: Log, migrations = readMigrations(migrationsDir)): Promise<void> {
  const connection = await sql.reserve();
  try {
    // Another server's migration may take its time: this one waits for it.
    await connection`set lock_timeout = 0`;
    await connection`select pg_advisory_lock(${lockKey}::int8)`;
    const applied = await readApplied(connection);
    checkHistory(applied, migrations, log);
    const known = new Set(applied.map((one) => one.name));
    for (const migration of migrations) if (!known.has(migration.name)) await apply(connection, migration, log);
    await connection`select pg_advisory_unlock(${lockKey}::int8)`;
    await connection`reset lock_timeout`;
  } catch (error) {
    // Gone with its connection: whatever it had locked or left open is undone.
    await connection.close();
    throw error;
  }
  await connection.release();
}

export const migrationsDir = join(import.meta.dir, "migrations");

export function readMigrations(dir: string): Migration[] {
  const names = readdirSync(dir).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  return names.sort().map((file) => {
    const sql = readFileSync(join(dir, file), "utf8");
    return {
      name: file.replace(/\.sql$/, ""),
      sql,
      breaking: sql.startsWith("-- breaking"),
      sha256: createHash("sha256").update(sql).digest("hex"),
    };
  });
}

interface Applied {
  name: string;
  breaking: boolean;
  sha256: string;
}

async function readApplied(connection: ReservedSQL): Promise<Applied[]> {
  await connection.unsafe(`
    create table if not exists migrations (
      name text collate "C" primary key,
      breaking boolean not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
  return connection`select name, breaking, sha256 from migrations order by name`;
}

function checkHistory(applied: Applied[], migrations: Migration[], log: Log): void {
  const ours = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const one of applied) {
    const same = ours.get(one.name);
    if (same === undefined && one.breaking) {
      throw new Error(`The database was changed by a newer Sotto (${one.name}): start that one.`);
    }
    if (same === undefined)
      log.warn(`the database knows ${one.name}, which this version does not: going on, it allows that`);
    if (same !== undefined && same.sha256 !== one.sha256) {
      throw new Error(`The migration ${one.name} is not what it was when this database applied it.`);
    }
  }
}

async function apply(connection: ReservedSQL, migration: Migration, log: Log): Promise<void> {
  const { name, breaking, sha256 } = migration;
  await connection.begin(async (tx) => {
    await tx.unsafe(migration.sql).simple();
    await tx`insert into migrations (name, breaking, sha256) values (${name}, ${breaking}, ${sha256})`;
  });
  log.info(`database: applied ${name}`);
}
