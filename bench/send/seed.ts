import { hashToken, newToken } from "../../apps/server/src/auth/tokens.ts";
import { tickets } from "../../apps/server/src/auth/tickets.ts";
import { deriveKey } from "../../apps/server/src/secret.ts";
import type { Sql } from "../../apps/server/src/db/sql.ts";
import type { DriverPlan } from "./driver.ts";

/**
 * Friends in pairs, each signed in, each pair with a conversation. Written by SQL: signing up is not what is measured.
 * Adds to the people who are there.
 */
export async function seedPairs(sql: Sql, secret: string, people: number): Promise<DriverPlan["sockets"]> {
  const ids = Array.from({ length: people }, () => Bun.randomUUIDv7());
  const sessions = ids.map(() => Bun.randomUUIDv7());
  await sql`
    insert into people (id, username, name, password_hash, who_may_message, created_at)
    select id, 'bench' || (select count(*) from people) + n, 'Bench ' || n, 'none', 'friends', now()
    from unnest(${sql.array(ids, "UUID")}) with ordinality as p(id, n)`;
  await sql`insert into person_counters (person_id) select id from people on conflict do nothing`;
  const tokenHashes = ids.map(() => hashToken(newToken()).toString("hex"));
  await sql`
    insert into sessions (person_id, id, token_hash, device, created_at, last_seen_at)
    select p, s, decode(t, 'hex'), 'bench', now(), now()
    from unnest(${sql.array(ids, "UUID")}, ${sql.array(sessions, "UUID")}, ${sql.array(tokenHashes, "TEXT")}) as x(p, s, t)`;
  const conversations = await seedConversations(sql, ids);
  // Not the log: analysed while empty it would be planned for as empty until the next analysis.
  await sql`analyze people, person_counters, follows, conversations, members, inbox`;
  const signer = tickets(deriveKey(secret, "socket-ticket"));
  return ids.map((personId, index) => ({
    ticket: signer.mint({ personId, sessionId: sessions[index] ?? "", byCookie: false }),
    conversationId: conversations[index >> 1] ?? "",
    otherId: ids[index ^ 1] ?? "",
  }));
}

async function seedConversations(sql: Sql, ids: readonly string[]): Promise<string[]> {
  const left = ids.filter((_, index) => index % 2 === 0);
  const right = ids.filter((_, index) => index % 2 === 1);
  const conversations = left.map(() => Bun.randomUUIDv7());
  const columns = sql`
    unnest(${sql.array(conversations, "UUID")}, ${sql.array(left, "UUID")}, ${sql.array(right, "UUID")}) as x(id, a, b)`;
  await sql`
    insert into follows (follower_id, followed_id, created_at)
    select a, b, now() from ${columns} union all select b, a, now() from ${columns}`;
  await sql`
    insert into conversations (id, kind, low_id, high_id, state, created_at)
    select id, 'direct', least(a, b), greatest(a, b), 'accepted', now() from ${columns}`;
  await sql`
    insert into members (conversation_id, person_id, joined_at)
    select id, a, now() from ${columns} union all select id, b, now() from ${columns}`;
  await sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    select person_id, conversation_id, 'inbox', 0, 0, 0, now() from members on conflict do nothing`;
  return conversations;
}
