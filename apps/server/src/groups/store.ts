import type { Sql } from "../db/sql.ts";
import { countOwnChange, ownNews, type OwnNews, type OwnRow } from "../fanout/own-devices.ts";

export interface NewGroup {
  id: string;
  creatorId: string;
  personIds: readonly string[];
  clientId: string;
  fingerprint: string;
}

export interface Created {
  conversationId: string;
  fingerprint: string;
}

/** What this client id made before (R13). */
export async function findCreated(sql: Sql, creatorId: string, clientId: string): Promise<Created | null> {
  const [row] = await sql`
    select conversation_id, fingerprint from groups_created where creator_id = ${creatorId} and client_id = ${clientId}`;
  return row ? { conversationId: row.conversation_id, fingerprint: row.fingerprint } : null;
}

/** Throws 23505 when the client id made a group a moment ago. The first change of the log is the group itself. */
export async function insertGroup(tx: Sql, group: NewGroup): Promise<void> {
  const { id, creatorId, clientId, fingerprint } = group;
  await tx`
    insert into groups_created (creator_id, client_id, conversation_id, fingerprint, created_at)
    values (${creatorId}, ${clientId}, ${id}, ${fingerprint}, now())`;
  await tx`
    insert into conversations (id, kind, state, last_change, created_at) values (${id}, 'group', 'accepted', 1, now())`;
  const people = tx.array([creatorId, ...group.personIds], "UUID");
  await tx`
    insert into members (conversation_id, person_id, role, invited_by, joined_at)
    select ${id}, p, case when p = ${creatorId} then 'owner' else 'member' end,
      case when p <> ${creatorId} then ${creatorId}::uuid end, now()
    from unnest(${people}) as x(p)`;
  await tx`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    select p, ${id}, case when p = ${creatorId} then 'inbox' else 'requests' end, 0, 0, 0, now()
    from unnest(${people}) as x(p)`;
}

/** What kind of conversation it is to somebody who is in it; null to everybody else (T1). */
export async function kindForMember(
  sql: Sql,
  personId: string,
  conversationId: string,
): Promise<"direct" | "group" | null> {
  const [row] = await sql`
    select c.kind from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ${conversationId} and m.person_id = ${personId} and m.left_at is null`;
  return row?.kind ?? null;
}

/**
 * The member's end, under the conversation's lock: the new policy revision makes every send decide again whose facts still
 * had them (T8). Null when they are not in it any more.
 */
export async function writeLeave(tx: Sql, personId: string, conversationId: string): Promise<OwnNews | null> {
  await tx`
    update conversations set policy_rev = policy_rev + 1, last_change = last_change + 1 where id = ${conversationId}`;
  const left = await tx`
    update members set left_at = now(), invited_by = null
    where conversation_id = ${conversationId} and person_id = ${personId} and left_at is null returning 1`;
  if (left.length === 0) return null;
  const news = await moveOwnRow(tx, { personId, conversationId, folder: "hidden" });
  await tx`delete from drafts where person_id = ${personId} and conversation_id = ${conversationId}`;
  await tx`delete from search_scopes where person_id = ${personId} and scope_id = ${conversationId}`;
  await endLooks(tx, personId, conversationId);
  return news;
}

/** As if they had looked at what opens once: the round that ends looks takes away what nobody else has yet to open (C19). */
async function endLooks(tx: Sql, personId: string, conversationId: string): Promise<void> {
  await tx`
    insert into once_views (conversation_id, seq, person_id, session_id, expires_at)
    select m.conversation_id, m.seq, ${personId}::uuid, gen_random_uuid(), now() from messages m
    where m.conversation_id = ${conversationId} and (m.extras -> 'viewOnce') is not null and m.unsent_at is null
      and m.sender_id <> ${personId}
    on conflict (conversation_id, seq, person_id) do update set expires_at = excluded.expires_at`;
}

/** What moved when an invitation of theirs waited; null where none does. */
export async function writeAcceptance(tx: Sql, personId: string, conversationId: string): Promise<OwnNews | null> {
  const accepted = await tx`
    update members set invited_by = null
    where conversation_id = ${conversationId} and person_id = ${personId} and left_at is null and invited_by is not null
    returning 1`;
  return accepted.length === 0 ? null : await moveOwnRow(tx, { personId, conversationId, folder: "inbox" });
}

/** For the person alone: their row moves to the folder, and their devices learn it by the cursor (R15). */
async function moveOwnRow(
  tx: Sql,
  to: { personId: string; conversationId: string; folder: "inbox" | "hidden" },
): Promise<OwnNews | null> {
  const counter = await countOwnChange(tx, to.personId);
  const [row]: OwnRow[] = await tx`
    update inbox set folder = ${to.folder}, counter = ${counter}, pinned = pinned and ${to.folder === "inbox"}
    where person_id = ${to.personId} and conversation_id = ${to.conversationId}
    returning counter::float8 as counter, change::float8 as change, last_seq::float8 as last_seq, read_seq::float8 as read_seq`;
  return row ? ownNews(to.conversationId, row, true) : null;
}
