import type { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export interface Table {
  name: string;
  columns: string[];
}

/** The search index is derived from the messages: the first start after a restore makes it (search/catch-up.ts). */
const madeAnew = ["search_terms", "search_scopes", "search_progress", "search_state"];

/** They go with the sessions, which a restore ends. */
const ofSessions = ["push_subscriptions", "push_shown"];

/** Of the moment or of this machine: they would be wrong anywhere else, or later. */
const leftOut = ["migrations", "nodes", "used_tickets", ...ofSessions, ...madeAnew];

/** Every table of ours that outlives a restart, with what can be written to it, by name. */
export async function listTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select c.relname::text as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relpersistence = 'p' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
       and c.relname <> all($1)
     group by c.relname order by c.relname`,
    [leftOut],
  );
  return rows;
}

/** The table's rows as text, piece by piece; answers how many there were. */
export async function copyOut(
  client: Client,
  query: string,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  const stream = client.query(copyTo(`copy ${query} to stdout`));
  for await (const bytes of stream) await write(bytes as Buffer);
  return stream.rowCount;
}

export async function copyIn(client: Client, table: Table, text: AsyncIterable<Uint8Array>): Promise<number> {
  const stream = client.query(copyFrom(`copy ${namedColumns(table)} from stdin`));
  await pipeline(Readable.from(text), stream);
  return stream.rowCount;
}

export function namedColumns({ name, columns }: Table): string {
  return `"${name}" (${columns.map((column) => `"${column}"`).join(", ")})`;
}
