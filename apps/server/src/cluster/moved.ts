import type { Sql } from "../db/sql.ts";
import { encodeSyncCursor } from "../fanout/sync-cursor.ts";

/** What a gateway asks about the people connected to it. */
export interface Lookups {
  /** Where each person's changes have got to: their sync cursor (R15). */
  cursors(personIds: readonly string[]): Promise<Map<string, string>>;
  /** Of these sessions, those that are over. */
  over(
    sessions: readonly { personId: string; sessionId: string }[],
  ): Promise<{ personId: string; sessionId: string }[]>;
}

export function lookups(sql: Sql, epoch: string): Lookups {
  return {
    async cursors(personIds) {
      const rows: { person_id: string; counter: number }[] = await sql`
        select c.person_id, c.counter::float8 as counter
        from unnest(${sql.array([...personIds], "UUID")}) as x(id) join person_counters c on c.person_id = x.id`;
      return new Map(
        rows.map((row) => [row.person_id, encodeSyncCursor({ epoch, personId: row.person_id, counter: row.counter })]),
      );
    },
    async over(sessions) {
      return await sql`
        select p as "personId", i as "sessionId"
        from unnest(${sql.array(
          sessions.map((one) => one.personId),
          "UUID",
        )}, ${sql.array(
          sessions.map((one) => one.sessionId),
          "UUID",
        )}) as x(p, i)
        where not exists (select 1 from sessions s where s.person_id = p and s.id = i)`;
    },
  };
}
