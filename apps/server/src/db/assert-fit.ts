import type { Sql } from "./sql.ts";

const oldestVersion = 15;
const durable = ["fsync", "full_page_writes", "synchronous_commit"] as const;

/** Refuses a server that is too old, not in UTF-8, or that could forget what it has committed (R26, T35). */
export async function assertFit(sql: Sql): Promise<void> {
  const names = sql.array([...durable, "server_version_num", "server_encoding"], "TEXT");
  const rows = (await sql`select name, setting from pg_settings where name = any(${names})`) as {
    name: string;
    setting: string;
  }[];
  const settings = new Map(rows.map((row) => [row.name, row.setting]));
  for (const name of durable) {
    const value = settings.get(name);
    if (value === "off" || value === "local" || value === undefined) {
      throw new Error(`The database has ${name} = ${value}: an acknowledged message could be lost. Turn it on.`);
    }
  }
  if (Number(settings.get("server_version_num")) < oldestVersion * 10_000) {
    throw new Error(`Sotto needs PostgreSQL ${oldestVersion} or newer.`);
  }
  if (settings.get("server_encoding") !== "UTF8") {
    throw new Error(`The database's encoding is ${settings.get("server_encoding")}: Sotto needs UTF8.`);
  }
}
