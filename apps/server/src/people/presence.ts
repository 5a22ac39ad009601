import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Sql } from "../db/sql.ts";

export interface PresenceDeps {
  sql: Sql;
  /** Those of these people who have a socket open somewhere; given by `cluster/`. */
  online: (personIds: readonly string[]) => Promise<Set<string>>;
}

/** A group that two people share is looked for among so many of the other's newest conversations. */
const newestShared = 500;

/**
 * Who is here, of those who show it to a viewer who shows theirs (C8): people with whom they share a conversation that both
 * accepted, and where neither blocked the other. Everybody else is left out, whatever the reason (R27).
 */
export async function presenceOf(
  { sql, online }: PresenceDeps,
  viewerId: string,
  personIds: readonly string[],
): Promise<CommandOutput<"people.presence">> {
  const rows = await readShowing(sql, viewerId, personIds);
  const here = await online(rows.map((row) => row.id));
  return {
    items: rows.map(({ id, at }) => ({
      personId: id,
      online: here.has(id),
      lastSeenAt: here.has(id) || at === null ? null : at.toISOString(),
    })),
  };
}

async function readShowing(
  sql: Sql,
  viewerId: string,
  personIds: readonly string[],
): Promise<{ id: string; at: Date | null }[]> {
  return await sql`
    select p.id, (select s.at from last_seen s where s.person_id = p.id) as at
    from people me
    join people p on p.id = any(${sql.array([...new Set(personIds)], "UUID")}::uuid[]) and p.id <> me.id
      and p.settings->>'presence' = 'true'
    where me.id = ${viewerId} and me.settings->>'presence' = 'true'
      and not exists (select 1 from blocks b where b.blocker_id = me.id and b.blocked_id = p.id)
      and not exists (select 1 from blocks b where b.blocker_id = p.id and b.blocked_id = me.id)
      and (
        exists (
          select 1 from conversations c
          where c.low_id = least(me.id, p.id) and c.high_id = greatest(me.id, p.id) and c.state = 'accepted')
        or exists (
          select 1 from (
            select m.conversation_id from members m
            where m.person_id = p.id and m.left_at is null and m.invited_by is null
            order by m.conversation_id desc limit ${newestShared}) theirs
          join conversations g on g.id = theirs.conversation_id and g.kind = 'group'
          join members mine on mine.conversation_id = theirs.conversation_id and mine.person_id = me.id
            and mine.left_at is null and mine.invited_by is null))
    order by p.id`;
}

/** Who shows it no more has nothing kept of it. */
export async function forgetLastSeen(sql: Sql, personId: string): Promise<void> {
  await sql`delete from last_seen where person_id = ${personId}`;
}
