import type { Stage } from "./harness.ts";

/**
 * Fills a conversation with numbered messages of its two people by SQL: "Message 1." is the oldest, a minute apart, some of them long.
 * Sending so many would take minutes. The ids hold their seq as the server's do (apps/server/src/message-id.ts).
 */
export async function fillHistory(stage: Stage, conversationId: string, count: number): Promise<void> {
  const { sql } = stage.server.database;
  const tail = " and it goes on for a while, over more than one line, as people do".repeat(3);
  await sql.begin(async (tx) => {
    await tx`
      insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, change, created_at)
      select c.id, c.last_seq + n,
        (lpad(to_hex(c.last_seq + n), 12, '0') || '8' || substr(replace(c.id::text, '-', ''), 14))::uuid,
        case when n % 3 = 0 then c.low_id else c.high_id end, 'h' || (c.last_seq + n), md5(n::text),
        'Message ' || n || '.' || case when n % 7 = 0 then ${tail} else '' end,
        c.last_change + n, now() - (${count} - n) * interval '1 minute'
      from conversations c cross join generate_series(1, ${count}::int) as n where c.id = ${conversationId}`;
    await tx`
      update conversations set last_seq = last_seq + ${count}, last_change = last_change + ${count}
      where id = ${conversationId}`;
    await tx`
      update inbox i set last_seq = c.last_seq, change = c.last_change
      from conversations c where c.id = i.conversation_id and c.id = ${conversationId}`;
  });
}
