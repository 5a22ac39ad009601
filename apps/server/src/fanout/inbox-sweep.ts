import type { Sql } from "../db/sql.ts";
import { writeInbox } from "./inbox-write.ts";

const conversationsPerRound = 500;

/**
 * Brings inbox rows up to the log that a crash left behind it; runs before the server is ready. It compares every inbox
 * row with its conversation instead of trusting a clock's watermark: about a second for a million rows, only at a start.
 */
export async function sweepInbox(sql: Sql): Promise<number> {
  let swept = 0;
  for (;;) {
    const rows: { id: string }[] = await sql`
      select distinct i.conversation_id as id
      from inbox i
      join conversations c on c.id = i.conversation_id
      join members m on m.conversation_id = i.conversation_id and m.person_id = i.person_id and m.left_at is null
      where i.change < c.last_change limit ${conversationsPerRound}`;
    if (rows.length === 0) return swept;
    await writeInbox(
      sql,
      rows.map((row) => row.id),
    );
    swept += rows.length;
  }
}
