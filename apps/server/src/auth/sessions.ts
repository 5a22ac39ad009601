import type { Session } from "@sotto/protocol/types.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Sql } from "../db/sql.ts";
import { hashToken, newToken } from "./tokens.ts";

/** Sessions: devices, revocation and sockets are one thing, so they are one table of our own (C1). */
export interface SessionIdentity {
  personId: string;
  sessionId: string;
}

/** `last_seen_at` is written at most this often: it is for people to read, not for decisions. */
const seenEverySeconds = 60;
/** As long as the cookie lives. */
export const unusedDays = 400;

export async function createSession(sql: Sql, options: { personId: string; device: string }) {
  const token = newToken();
  const id = Bun.randomUUIDv7();
  const now = new Date();
  await sql`
    insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
    values (${options.personId}, ${id}, ${hashToken(token)}, ${options.device}, ${now}, ${now})`;
  const ended = await endOldest(sql, options.personId);
  const at = now.toISOString();
  const session: Session = { id, device: options.device, createdAt: at, lastSeenAt: at, current: true };
  return { token, session, ended };
}

/** A list that nobody can read to its end is not one: the longest unused sessions give way. */
async function endOldest(sql: Sql, personId: string): Promise<string[]> {
  const rows: { id: string }[] = await sql`
    delete from sessions where person_id = ${personId} and id in (
      select id from sessions where person_id = ${personId}
      order by last_seen_at desc, id desc offset ${limits.sessionsPerPerson})
    returning id`;
  return rows.map((row) => row.id);
}

/** Who holds this token, or null: a revoked session is gone from the table, one unused for so long is over. */
export async function findSession(sql: Sql, token: string): Promise<SessionIdentity | null> {
  const [row] = await sql`
    select person_id, id, last_seen_at < now() - make_interval(secs => ${seenEverySeconds}) as stale
    from sessions where token_hash = ${hashToken(token)} and last_seen_at > now() - make_interval(days => ${unusedDays})`;
  if (!row) return null;
  if (row.stale)
    await sql`update sessions set last_seen_at = now() where person_id = ${row.person_id} and id = ${row.id}`;
  return { personId: row.person_id, sessionId: row.id };
}

/** Whether a session is still there: asked when a ticket becomes a socket. */
export async function sessionLives(sql: Sql, identity: SessionIdentity): Promise<boolean> {
  const rows = await sql`select 1 from sessions where person_id = ${identity.personId} and id = ${identity.sessionId}`;
  return rows.length > 0;
}

export async function listSessions(sql: Sql, identity: SessionIdentity): Promise<Session[]> {
  const rows = await sql`
    select id, device, created_at, last_seen_at from sessions
    where person_id = ${identity.personId} order by created_at desc limit ${limits.sessionsPerPerson}`;
  return rows.map((row: SessionRow) => ({
    id: row.id,
    device: row.device,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    current: row.id === identity.sessionId,
  }));
}

/** True when there was such a session of this person's. */
export async function deleteSession(sql: Sql, identity: SessionIdentity): Promise<boolean> {
  const rows = await sql`
    delete from sessions where person_id = ${identity.personId} and id = ${identity.sessionId} returning id`;
  return rows.length > 0;
}

/** All of a person's, but perhaps one; answers which. */
export async function deleteSessions(sql: Sql, personId: string, exceptSessionId?: string): Promise<string[]> {
  const rows: { id: string }[] = await sql`
    delete from sessions where person_id = ${personId} and id is distinct from ${exceptSessionId ?? null}::uuid returning id`;
  return rows.map((row) => row.id);
}

interface SessionRow {
  id: string;
  device: string;
  created_at: Date;
  last_seen_at: Date;
}
