import type { Sql } from "./sql.ts";

/** This database's life: a restore gives it a new one, and every client starts anew (R15). */
export async function readEpoch(sql: Sql): Promise<string> {
  await sql`insert into meta (key, value) values ('epoch', ${Bun.randomUUIDv7()}) on conflict do nothing`;
  const [row] = await sql`select value from meta where key = 'epoch'`;
  return row.value;
}
