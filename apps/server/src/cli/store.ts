import type { Sql } from "../db/sql.ts";

/** A person's id, by username with or without @. */
export async function findPersonId(sql: Sql, username: string): Promise<string | null> {
  const [row] = await sql`select id from people where username = ${username.toLowerCase().replace(/^@/, "")}`;
  return row?.id ?? null;
}

/** False when there is no such person. */
export async function setAdministrator(
  sql: Sql,
  change: { username: string; administrator: boolean },
): Promise<boolean> {
  const personId = await findPersonId(sql, change.username);
  if (personId === null) return false;
  await sql`update people set administrator = ${change.administrator} where id = ${personId}`;
  return true;
}
