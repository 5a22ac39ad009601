import type { Sql } from "../db/sql.ts";

/** `others`: the server has people of its own. */
export type DemoState = "new" | "started" | "done" | "others";

export async function mayStartDemo(sql: Sql, usernames: readonly string[]): Promise<DemoState> {
  const [marker] = await sql`select value from meta where key = 'demo'`;
  if (marker) return marker.value === "done" ? "done" : "started";
  // An administrator may be made before; a name of ours that is taken may not.
  const people = await sql`
    select 1 from people where not administrator or username = any(${sql.array([...usernames], "TEXT")}) limit 1`;
  return people.length === 0 ? "new" : "others";
}

export async function markDemo(sql: Sql, state: "started" | "done"): Promise<void> {
  await sql`insert into meta (key, value) values ('demo', ${state}) on conflict (key) do update set value = excluded.value`;
}
