import type { Sql } from "../db/sql.ts";

export interface DigestPerson {
  id: string;
  every: "daily" | "weekly";
  timeZone: string;
  madeAt: Date | null;
}

/** People with a digest and a verified address, in the order of their ids after this one. */
export async function readDigestPeople(sql: Sql, afterId: string, atMost: number): Promise<DigestPerson[]> {
  const rows = await sql`
    select p.id, p.settings->'notifications'->>'digest' as every, coalesce(p.settings->>'timeZone', 'UTC') as time_zone, d.made_at
    from people p join emails e on e.person_id = p.id left join digests d on d.person_id = p.id
    where p.id > ${afterId} and p.settings->'notifications'->>'digest' in ('daily', 'weekly') and p.deleted_at is null
    order by p.id limit ${atMost}`;
  return rows.map((row: { id: string; every: DigestPerson["every"]; time_zone: string; made_at: Date | null }) => ({
    id: row.id,
    every: row.every,
    timeZone: row.time_zone,
    madeAt: row.made_at,
  }));
}

export async function queueDigest(sql: Sql, personId: string): Promise<void> {
  await sql`
    select graphile_worker.add_job('notifications:digest', ${{ personId }}::json, job_key := ${`digest ${personId}`}, max_attempts := 6)`;
}

export interface DigestReceiver {
  name: string;
  address: string;
  madeAt: Date | null;
}

export async function readReceiver(sql: Sql, personId: string): Promise<DigestReceiver | null> {
  const [row] = await sql`
    select p.name, e.address, d.made_at
    from people p join emails e on e.person_id = p.id left join digests d on d.person_id = p.id
    where p.id = ${personId} and p.deleted_at is null`;
  return row ? { name: row.name, address: row.address, madeAt: row.made_at } : null;
}

/** Conversations of the inbox in which something came since then that may be unread, newest first. */
export async function readCandidates(sql: Sql, personId: string, since: Date, atMost: number): Promise<string[]> {
  const rows: { conversation_id: string }[] = await sql`
    select conversation_id from inbox
    where person_id = ${personId} and folder in ('inbox', 'archived') and last_seq > read_seq and activity_at > ${since}
    order by activity_at desc, conversation_id desc limit ${atMost}`;
  return rows.map((row) => row.conversation_id);
}

export async function noteMade(sql: Sql, personId: string, at: Date): Promise<void> {
  await sql`
    insert into digests (person_id, made_at) values (${personId}, ${at})
    on conflict (person_id) do update set made_at = excluded.made_at`;
}

/** By the link of a letter. False when there was none to end. */
export async function endDigest(sql: Sql, personId: string): Promise<boolean> {
  const rows = await sql`
    update people set settings = jsonb_set(settings, '{notifications,digest}', '"off"')
    where id = ${personId} and settings->'notifications'->>'digest' in ('daily', 'weekly') returning id`;
  return rows.length > 0;
}
