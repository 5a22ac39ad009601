import type { Sql } from "../db/sql.ts";

/** A count that looked at more than this and found nothing has looked in vain, and would again at the next reading. */
const longScan = 500;

interface Counted {
  id: string;
  last_seq: number;
  read_seq: number;
  visible_after_seq: number;
  unread: number;
}

/**
 * The read marker passes one's own messages and tombstones, where nothing else lies behind it: the unread count stays what it
 * is (R16), and the next one does not go through them again. Somebody who wrote 300,000 messages and read none had waited
 * 100 ms for every list. Anybody else's message stops it, one of a blocked person too: it counts again after unblocking, which may
 * have come between the count and this.
 */
export async function passOwnMessages(sql: Sql, viewerId: string, rows: readonly Counted[]): Promise<void> {
  const long = rows.filter(
    (row) => row.unread === 0 && row.last_seq - Math.max(row.read_seq, row.visible_after_seq) > longScan,
  );
  if (long.length === 0) return;
  await sql`
    update inbox i set read_seq = greatest(i.read_seq, t.seq)
    from unnest(
        ${sql.array(
          long.map((row) => row.id),
          "UUID",
        )},
        ${sql.array(
          long.map((row) => row.last_seq),
          "INT8",
        )},
        ${sql.array(
          long.map((row) => row.visible_after_seq),
          "INT8",
        )}) as t(id, seq, visible)
    where i.person_id = ${viewerId} and i.conversation_id = t.id
      and not exists (
        select 1 from messages m
        where m.conversation_id = t.id and m.seq > greatest(i.read_seq, t.visible) and m.seq <= t.seq
          and m.sender_id <> ${viewerId} and m.unsent_at is null)`;
}
