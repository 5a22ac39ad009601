import type { Sql } from "../db/sql.ts";
import type { InboxFlush } from "./inbox-flush.ts";

const rowsPerPage = 500;
const before = "00000000-0000-0000-0000-000000000000";

/**
 * Brings inbox rows up to the log that a crash left behind it: before the server is ready, or beside its work when another
 * node died. It compares every inbox row with its conversation, once from end to end, instead of trusting a clock's watermark:
 * about a second for a million rows. What it finds goes the way of every change, so whoever is connected learns of it.
 */
export async function sweepInbox(sql: Sql, inbox: Pick<InboxFlush, "touch" | "flush">): Promise<number> {
  let swept = 0;
  let at = { person_id: before, conversation_id: before };
  for (;;) {
    const rows: (typeof at)[] = await sql`
      select i.person_id, i.conversation_id
      from inbox i
      join conversations c on c.id = i.conversation_id
      join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
      where (i.person_id, i.conversation_id) > (${at.person_id}, ${at.conversation_id}) and i.change < c.last_change
      order by i.person_id, i.conversation_id limit ${rowsPerPage}`;
    for (const row of rows) inbox.touch(row.conversation_id, { stale: true });
    if (rows.length > 0) await inbox.flush();
    swept += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < rowsPerPage) return swept;
    at = last;
  }
}
