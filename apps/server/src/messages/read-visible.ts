import type { Sql } from "../db/sql.ts";
import { seqOfMessage } from "../message-id.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";

export interface AskedMessage {
  personId: string;
  conversationId: string;
  messageId: string;
}

/**
 * A message that the person may see: a member, since before it, who did not delete it for themselves (T1, R8, R10). A tombstone
 * is one as well. `hold`: nobody changes its row until the transaction ends.
 */
export async function readVisible(
  sql: Sql,
  { personId, conversationId, messageId }: AskedMessage,
  { hold = false }: { hold?: boolean } = {},
): Promise<MessageRow | undefined> {
  const [row]: MessageRow[] = await sql`
    select ${messageColumns(sql)}
    from messages m join members b on b.conversation_id = m.conversation_id and b.person_id = ${personId}
      and b.left_at is null and b.visible_after_seq < m.seq
    where m.conversation_id = ${conversationId} and m.seq = ${seqOfMessage(messageId)} and m.id = ${messageId}
      and not exists (
        select 1 from hidden_messages h
        where h.person_id = ${personId} and h.conversation_id = m.conversation_id and h.seq = m.seq)
    ${hold ? sql`for share of m` : sql``}`;
  return row;
}
