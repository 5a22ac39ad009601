import { existsSync, readFileSync } from "node:fs";
import type { Sql } from "../../../apps/server/src/db/sql.ts";
import { wordPattern } from "../load.ts";

export const serverLog = "a server's log";

/** Where words of message texts lie: every column of every table, in whatever schema, and what the servers wrote to their logs. */
export async function findWords(sql: Sql, logFiles: readonly string[]): Promise<{ word: string; where: string }[]> {
  const columns: { schema: string; table: string; column: string }[] = await sql`
    select c.table_schema as schema, c.table_name as table, c.column_name as column
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema not in ('pg_catalog', 'information_schema') and t.table_type = 'BASE TABLE'
      and c.data_type in ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY', 'USER-DEFINED')`;
  const found: { word: string; where: string }[] = [];
  for (const { schema, table, column } of columns) {
    const rows: { word: string }[] = await sql.unsafe(
      `select distinct (regexp_matches("${column}"::text, '(${wordPattern})', 'g'))[1] as word from "${schema}"."${table}"`,
    );
    found.push(...rows.map(({ word }) => ({ word, where: `${table}.${column}` })));
  }
  for (const file of logFiles.filter((one) => existsSync(one))) {
    const words = readFileSync(file, "utf8").match(new RegExp(wordPattern, "g")) ?? [];
    found.push(...[...new Set(words)].map((word) => ({ word, where: serverLog })));
  }
  return found;
}
