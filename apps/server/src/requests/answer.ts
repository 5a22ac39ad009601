import type { Sql } from "../db/sql.ts";
import { countOwnChange, ownNews, type OwnNews, type OwnRow } from "../fanout/own-devices.ts";

/**
 * Accept or decline a request. Only its receiver can, and only while it is one; everything else looks missing (R27).
 * The state's change counts as a change of the conversation, so that every device of both learns it by its cursor.
 */
export async function acceptRequest(sql: Sql, receiverId: string, conversationId: string): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const rows = await tx`
      update conversations set state = 'accepted', last_change = last_change + 1
      where id = ${conversationId} and ${receiverId} in (low_id, high_id) and requested_by <> ${receiverId}
        and state = 'request' and declined_at is null
      returning id`;
    if (rows.length === 0) return await wasAccepted(tx, receiverId, conversationId);
    await tx`
      update inbox set folder = 'inbox'
      where person_id = ${receiverId} and conversation_id = ${conversationId} and folder in ('requests', 'hidden')`;
    return true;
  });
}

/** Accepting twice is accepting: the first answer may have been lost on the way. */
async function wasAccepted(tx: Sql, receiverId: string, conversationId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from conversations
    where id = ${conversationId} and ${receiverId} in (low_id, high_id) and requested_by <> ${receiverId} and state = 'accepted'`;
  return rows.length > 0;
}

/**
 * Declining is silent (R4): for the sender nothing changes, not even a number they could see, so `last_change` stays
 * and only the receiver's own row moves. What the request said is gone for the receiver.
 */
export async function declineRequest(sql: Sql, receiverId: string, conversationId: string): Promise<OwnNews | null> {
  return await sql.begin(async (tx) => await hideRequest(tx, { receiverId, conversationId }));
}

/** Inside the caller's transaction: declining, and blocking somebody whose request waits. Null when there is no such request. */
export async function hideRequest(
  tx: Sql,
  { receiverId, conversationId }: { receiverId: string; conversationId: string },
): Promise<OwnNews | null> {
  const [hidden] = await tx`
    update conversations set declined_at = now()
    where id = ${conversationId} and ${receiverId} in (low_id, high_id) and requested_by <> ${receiverId}
      and state = 'request' and declined_at is null
    returning last_seq::float8 as last_seq`;
  if (!hidden) return null;
  const counter = await countOwnChange(tx, receiverId);
  await tx`delete from drafts where person_id = ${receiverId} and conversation_id = ${conversationId}`;
  await tx`
    update members set visible_after_seq = ${hidden.last_seq}
    where conversation_id = ${conversationId} and person_id = ${receiverId}`;
  const [row]: OwnRow[] = await tx`
    update inbox set folder = 'hidden', counter = ${counter}
    where person_id = ${receiverId} and conversation_id = ${conversationId}
    returning counter::float8 as counter, change::float8 as change, last_seq::float8 as last_seq, read_seq::float8 as read_seq`;
  return row ? ownNews(conversationId, row, true) : null;
}
