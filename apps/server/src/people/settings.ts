import type { Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";

export async function readSettings(sql: Sql, personId: string): Promise<Settings> {
  const [row] = await sql`select who_may_message, keep_accepted_open from people where id = ${personId}`;
  return { whoMayMessage: row.who_may_message, keepAcceptedOpen: row.keep_accepted_open };
}

/** Holds for the very next send: sends read settings after they arrive, never from a cache (R1). */
export async function writeSettings(
  sql: Sql,
  personId: string,
  change: { whoMayMessage?: Settings["whoMayMessage"] | undefined; keepAcceptedOpen?: boolean | undefined },
): Promise<Settings> {
  const [row] = await sql`
    update people set
      who_may_message = coalesce(${change.whoMayMessage ?? null}, who_may_message),
      keep_accepted_open = coalesce(${change.keepAcceptedOpen ?? null}::boolean, keep_accepted_open)
    where id = ${personId} returning who_may_message, keep_accepted_open`;
  return { whoMayMessage: row.who_may_message, keepAcceptedOpen: row.keep_accepted_open };
}
