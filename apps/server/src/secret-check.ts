import type { Sql } from "./db/sql.ts";
import { deriveKey } from "./secret.ts";

/** `unknown`: no process has been started on this database since it was made or restored. */
export type SecretFit = "same" | "other" | "unknown";

const metaKey = "secret_check";

/**
 * Processes that share a database share the secret: one with another mints tickets that the others refuse, and takes a repeated
 * send for another message. The database keeps what is derived from the secret, and never the secret; the first start writes it.
 * Throws, in words for the operator, when this process has another.
 */
export async function refuseOtherSecret(sql: Sql, secret: string): Promise<void> {
  await sql`insert into meta (key, value) values (${metaKey}, ${deriveKey(secret, "check")}) on conflict do nothing`;
  if ((await compareSecret(sql, secret)) === "other") throw new Error(`${otherSecretWords} ${otherSecretTodo}`);
}

export async function compareSecret(sql: Sql, secret: string): Promise<SecretFit> {
  const [row] = await sql`select value from meta where key = ${metaKey}`;
  if (!row) return "unknown";
  return row.value === deriveKey(secret, "check") ? "same" : "other";
}

/** From now on this is the secret of the database. What was sent before, and is sent again, is refused instead of answered. */
export async function acceptSecret(sql: Sql, secret: string): Promise<void> {
  await sql`
    insert into meta (key, value) values (${metaKey}, ${deriveKey(secret, "check")})
    on conflict (key) do update set value = excluded.value`;
}

export const otherSecretWords = "This database belongs to another secret than this process has.";
export const otherSecretTodo =
  "Give it the one that it had: SOTTO_SECRET, or the file `secret` of the data folder that it was first started with. " +
  "Is SOTTO_DATA or DATABASE_URL another than before? When that secret is lost, stop all processes and say " +
  "`npm run sotto -- config new-secret`.";
