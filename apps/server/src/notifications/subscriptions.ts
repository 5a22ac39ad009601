import { limits } from "@sotto/protocol/limits.ts";
import type { Sql } from "../db/sql.ts";
import type { Endpoint } from "./endpoint.ts";

/** A session has one browser: subscribing again replaces, and an endpoint that was somebody else's is theirs no more. */
export async function subscribe(
  sql: Sql,
  session: { personId: string; sessionId: string },
  { endpoint, keys }: Endpoint,
): Promise<string> {
  const { personId, sessionId } = session;
  return await sql.begin(async (tx) => {
    // Two that come at once, of one session or with one endpoint: one after the other. The session first, always.
    await tx`select pg_advisory_xact_lock(hashtextextended(${`push of ${sessionId}`}, 0))`;
    await tx`select pg_advisory_xact_lock(hashtextextended(${`push to ${endpoint}`}, 0))`;
    const [same] = await tx`
      update push_subscriptions set failures = 0, retry_at = null
      where person_id = ${personId} and session_id = ${sessionId} and endpoint = ${endpoint}
        and p256dh = ${keys.p256dh} and auth = ${keys.auth} returning id`;
    if (same) return same.id;
    await tx`delete from push_subscriptions where endpoint = ${endpoint}`;
    await tx`delete from push_subscriptions where person_id = ${personId} and session_id = ${sessionId}`;
    const id = Bun.randomUUIDv7();
    await tx`
      insert into push_subscriptions (person_id, session_id, id, endpoint, p256dh, auth, created_at)
      values (${personId}, ${sessionId}, ${id}, ${endpoint}, ${keys.p256dh}, ${keys.auth}, now())`;
    await tx`
      delete from push_subscriptions where person_id = ${personId} and session_id in (
        select session_id from push_subscriptions where person_id = ${personId}
        order by created_at desc, session_id offset ${limits.pushSubscriptionsPerPerson})`;
    return id;
  });
}

export async function unsubscribe(sql: Sql, personId: string, endpoint: string): Promise<void> {
  await sql`delete from push_subscriptions where person_id = ${personId} and endpoint = ${endpoint}`;
}

/** A browser of somebody's, and what it shows under one tag. */
export interface Device {
  session_id: string;
  id: string;
  endpoint: string;
  p256dh: string;
  auth: string;
  failures: number;
  retry_at: Date | null;
  shown: Shown | null;
}

export interface Shown {
  position: number;
  change: number;
  count: number;
  taken: boolean;
  shownAtMs: number;
}

export async function readDevices(sql: Sql, personId: string, tag: string): Promise<Device[]> {
  return await sql`
    select d.session_id, d.id, d.endpoint, d.p256dh, d.auth, d.failures, d.retry_at,
      (select jsonb_build_object('position', s.position, 'change', s.change, 'count', s.count, 'taken', s.taken,
          'shownAtMs', floor(extract(epoch from s.shown_at) * 1000))
        from push_shown s where s.person_id = d.person_id and s.session_id = d.session_id and s.tag = ${tag}) as shown
    from push_subscriptions d where d.person_id = ${personId} limit ${limits.pushSubscriptionsPerPerson}`;
}

/** Before it is sent: whatever happens meanwhile, it is known that the device may show this (R9). False: it is gone. */
export async function claim(
  sql: Sql,
  key: { personId: string; sessionId: string; id: string; tag: string },
  { position, change, count, at }: Pick<Shown, "position" | "change" | "count"> & { at: Date },
): Promise<boolean> {
  const rows = await sql`
    insert into push_shown (person_id, session_id, tag, position, change, count, taken, shown_at)
    select person_id, session_id, ${key.tag}, ${position}, ${change}, ${count}, false, ${at}
    from push_subscriptions where person_id = ${key.personId} and session_id = ${key.sessionId} and id = ${key.id}
    on conflict (person_id, session_id, tag) do update set
      position = excluded.position, change = excluded.change, count = excluded.count, taken = false, shown_at = excluded.shown_at
    returning 1`;
  return rows.length > 0;
}

export async function settle(
  sql: Sql,
  key: { personId: string; sessionId: string; tag: string },
  shows: boolean,
): Promise<void> {
  if (shows)
    await sql`
      update push_shown set taken = true
      where person_id = ${key.personId} and session_id = ${key.sessionId} and tag = ${key.tag}`;
  else
    await sql`
      delete from push_shown where person_id = ${key.personId} and session_id = ${key.sessionId} and tag = ${key.tag}`;
}

export async function endSubscription(sql: Sql, personId: string, id: string): Promise<void> {
  await sql`delete from push_subscriptions where person_id = ${personId} and id = ${id}`;
}

/** `retryAt` null: it works again. */
export async function noteDelivery(
  sql: Sql,
  { personId, id }: { personId: string; id: string },
  retryAt: Date | null,
): Promise<void> {
  if (retryAt === null)
    await sql`
      update push_subscriptions set failures = 0, retry_at = null where person_id = ${personId} and id = ${id} and failures > 0`;
  else
    await sql`
      update push_subscriptions set failures = failures + 1, retry_at = ${retryAt} where person_id = ${personId} and id = ${id}`;
}
