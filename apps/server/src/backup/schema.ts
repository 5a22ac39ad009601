import type { Client } from "pg";
import type { Migration } from "../db/migrate.ts";

/** Whether somebody lives here: an empty schema, as the first start leaves it, does not count. */
export async function isFilled(client: Client): Promise<boolean> {
  const there = await client.query<{ there: boolean }>("select to_regclass('people') is not null as there");
  if (there.rows[0]?.there !== true) return false;
  return (await client.query("select 1 from people limit 1")).rows.length > 0;
}

/** Our tables, by the names in our migrations, and the queue's. Others may have theirs in the same database. */
export async function removeEverything(client: Client, migrations: readonly Migration[]): Promise<void> {
  const pattern = /^create (?:unlogged )?table (?:if not exists )?([a-z_0-9]+)/gim;
  const names = migrations.flatMap(({ sql }) => [...sql.matchAll(pattern)].map((match) => match[1] ?? ""));
  for (const name of [...names, "migrations"]) await client.query(`drop table if exists "${name}" cascade`);
  // Its jobs name uploads whose bytes no backup holds; it makes itself anew.
  await client.query("drop schema if exists graphile_worker cascade");
}

/** As `db/migrate.ts` does, inside the restore's transaction. */
export async function applyMigrations(client: Client, migrations: readonly Migration[]): Promise<void> {
  await client.query(`
    create table if not exists migrations (
      name text collate "C" primary key,
      breaking boolean not null,
      sha256 text not null,
      applied_at timestamptz not null default now()
    )`);
  for (const { name, sql, breaking, sha256 } of migrations) {
    await client.query(sql);
    await client.query("insert into migrations (name, breaking, sha256) values ($1, $2, $3)", [name, breaking, sha256]);
  }
}
