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
 * 100 ms for every list. Not where the person blocks a member: what that one wrote counts again after unblocking.
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
        )}) as t(id, seq)
    where i.person_id = ${viewerId} and i.conversation_id = t.id
      and not exists (
        select 1 from members m join blocks b on b.blocker_id = ${viewerId} and b.blocked_id = m.person_id
        where m.conversation_id = t.id)`;
}
