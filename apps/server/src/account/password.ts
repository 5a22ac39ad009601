import { hashPassword, verifyPassword } from "../auth/passwords.ts";
import { deleteSessions } from "../auth/sessions.ts";
import type { Sql } from "../db/sql.ts";
import type { Bus } from "../ports/bus.ts";

/** Asked again before what somebody at an open device should not be able to do. The hash that it was proven against; null: it is wrong. */
export async function provePassword(sql: Sql, personId: string, password: string): Promise<string | null> {
  const [row] = await sql`select password_hash from people where id = ${personId} and deleted_at is null`;
  const hash: string | null = row?.password_hash ?? null;
  return (await verifyPassword(password, hash)) ? hash : null;
}

/**
 * Every session but this one ends, and their sockets with them (T5): whoever knew the old password is out. False, and nothing is
 * written, where `provenHash` is the password's no longer: of two changes by the same old password the first holds.
 */
export async function writePassword(
  { sql, bus }: { sql: Sql; bus: Bus },
  change: { personId: string; password: string; exceptSessionId?: string; provenHash?: string },
): Promise<boolean> {
  const { personId, password, exceptSessionId, provenHash } = change;
  const hash = await hashPassword(password);
  const ended = await sql.begin(async (tx) => {
    const written = await tx`
      update people set password_hash = ${hash}
      where id = ${personId} and deleted_at is null and password_hash = coalesce(${provenHash ?? null}, password_hash) returning 1`;
    if (written.length === 0) return null;
    // Links that are still on their way were asked for under the old one: an address that somebody else proves after it would bring
    // them a new password.
    await tx`delete from email_tokens where person_id = ${personId}`;
    return await deleteSessions(tx, personId, exceptSessionId);
  });
  if (!ended) return false;
  for (const sessionId of ended) bus.publish({ kind: "session_over", personId, sessionId });
  return true;
}
