import { hashPassword, verifyPassword } from "../auth/passwords.ts";
import { deleteSessions } from "../auth/sessions.ts";
import type { Sql } from "../db/sql.ts";
import type { Bus } from "../ports/bus.ts";

/** Asked again before what somebody at an open device should not be able to do. */
export async function passwordIsRight(sql: Sql, personId: string, password: string): Promise<boolean> {
  const [row] = await sql`select password_hash from people where id = ${personId} and deleted_at is null`;
  return await verifyPassword(password, row?.password_hash ?? null);
}

/** Every session but this one ends, and their sockets with them (T5): whoever knew the old password is out. */
export async function writePassword(
  { sql, bus }: { sql: Sql; bus: Bus },
  change: { personId: string; password: string; exceptSessionId?: string },
): Promise<void> {
  const { personId, password, exceptSessionId } = change;
  const hash = await hashPassword(password);
  const ended = await sql.begin(async (tx) => {
    await tx`update people set password_hash = ${hash} where id = ${personId} and deleted_at is null`;
    // A link for a new password that is still on its way was for the old one.
    await tx`delete from email_tokens where person_id = ${personId} and purpose = 'recover'`;
    return await deleteSessions(tx, personId, exceptSessionId);
  });
  for (const sessionId of ended) bus.publish({ kind: "session_over", personId, sessionId });
}
