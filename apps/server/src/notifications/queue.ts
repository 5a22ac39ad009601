import { plainArray } from "../db/arrays.ts";
import type { Sql } from "../db/sql.ts";
import type { PushPayload } from "./tags.ts";

export interface Pair {
  personId: string;
  conversationId: string;
}

/**
 * Queues what these changes may mean for the devices of their people. People without a subscription cost one look-up by key; of the
 * others' conversations a job is queued where something of somebody else's is unread, or where a device shows something already.
 * A job with the same key takes the place of the one that waits.
 */
export async function queueNotices(sql: Sql, pairs: readonly Pair[]): Promise<number> {
  const personIds = [...new Set(pairs.map((pair) => pair.personId))];
  const subscribed: { person_id: string }[] = await sql`
    select distinct person_id from push_subscriptions where person_id = any(${plainArray(personIds)}::uuid[])`;
  if (subscribed.length === 0) return 0;
  const ids = new Set(subscribed.map((row) => row.person_id));
  const theirs = pairs.filter((pair) => ids.has(pair.personId));
  const jobs = await sql`
    with pair as (
      select * from unnest(
        ${plainArray(theirs.map((pair) => pair.personId))}::uuid[],
        ${plainArray(theirs.map((pair) => pair.conversationId))}::uuid[]) as t(person_id, conversation_id)
    ), due as (
      select i.person_id, case when i.folder = 'requests' then 'requests' else i.conversation_id::text end as tag
      from pair p join inbox i on i.person_id = p.person_id and i.conversation_id = p.conversation_id
      where i.last_seq > i.read_seq and i.folder <> 'hidden' and (i.muted_until is null or i.muted_until < now())
        and exists (
          select 1 from messages u where u.conversation_id = i.conversation_id and u.seq > i.read_seq
            and u.sender_id <> i.person_id and u.unsent_at is null)
      union
      select s.person_id, s.tag
      from pair p join push_shown s on s.person_id = p.person_id
        and s.tag in (p.conversation_id::text, 'reaction:' || p.conversation_id, 'requests')
    )
    select graphile_worker.add_job('notifications:push', json_build_object('personId', person_id, 'tag', tag),
      job_key := 'push ' || person_id || ' ' || tag)
    from due`;
  return jobs.length;
}

/** Once more, later. One that waits already and comes sooner was queued for something newer: it stays, with what it is about. */
export async function queuePush(sql: Sql, payload: PushPayload, at: Date): Promise<void> {
  const key = `push ${payload.personId} ${payload.tag}`;
  await sql`
    select graphile_worker.add_job('notifications:push', ${payload}::json, run_at := ${at}, job_key := ${key})
    where not exists (
      select 1 from graphile_worker.jobs j
      where j.key = ${key} and j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= ${at})`;
}

/** For whoever has a device that could show it. */
export async function queueReaction(
  sql: Sql,
  { personId, tag, reaction }: Required<PushPayload>,
  at: Date,
): Promise<void> {
  await sql`
    select graphile_worker.add_job('notifications:push', ${{ personId, tag, reaction }}::json, run_at := ${at},
      job_key := ${`push ${personId} ${tag}`})
    where exists (select 1 from push_subscriptions where person_id = ${personId})`;
}
