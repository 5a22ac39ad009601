import type { Sql } from "../src/db/sql.ts";
import type { Somebody } from "./api-kit.ts";

/** Groups have no commands yet; the log is one for n members already. */
export async function makeGroup(sql: Sql, people: readonly Somebody[]): Promise<string> {
  const id = Bun.randomUUIDv7();
  const ids = sql.array(
    people.map((one) => one.id),
    "UUID",
  );
  await sql`insert into conversations (id, kind, state, created_at) values (${id}, 'group', 'accepted', now())`;
  await sql`insert into members (conversation_id, person_id, joined_at) select ${id}, p, now() from unnest(${ids}) as x(p)`;
  await sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    select p, ${id}, 'inbox', 0, 0, 0, now() from unnest(${ids}) as x(p)`;
  return id;
}

/** Every column of every table whose text holds this, as "table.column". */
export async function columnsHolding(sql: Sql, words: string): Promise<{ searched: number; found: string[] }> {
  const columns: { schema: string; table: string; column: string }[] = await sql`
    select table_schema as schema, table_name as table, column_name as column from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2, 3`;
  const found: string[] = [];
  for (const { schema, table, column } of columns) {
    const rows =
      await sql.unsafe(`select 1 from "${schema}"."${table}" where position('${words}' in "${column}"::text) > 0
      or position('${Buffer.from(words).toString("hex")}' in "${column}"::text) > 0 limit 1`);
    if (rows.length > 0) found.push(`${table}.${column}`);
  }
  return { searched: columns.length, found };
}
