import type { Sql } from "../db/sql.ts";
import type { DemoConversation } from "./demo-conversations.ts";
import { member, type Members } from "./demo-members.ts";

const oldestHours = 140;
const newestHours = 0.2;
/** Longer than the inbox takes to follow the log: it would set the times of today once more. */
const inboxSettlesMs = 600;

/**
 * Spreads the conversations over the last days, as if they had been written then: the first one is nearly a week old, the last one of
 * just now. Only for a community that nobody has looked at yet: no change is counted, so no client would hear of it.
 */
export async function spreadOverDays(
  sql: Sql,
  conversations: readonly DemoConversation[],
  members: Members,
): Promise<void> {
  await Bun.sleep(inboxSettlesMs);
  const last = conversations.length - 1;
  for (const [index, { between }] of conversations.entries()) {
    const [low, high] = between.map((username) => member(members, username).personId).toSorted();
    const hours = newestHours + oldestHours * ((last - index) / last) ** 1.5;
    await sql.begin(async (tx) => {
      await tx`
        update messages m
        set created_at = now() - ${hours}::float8 * interval '1 hour' - (c.last_seq - m.seq) * interval '4 minutes'
        from conversations c
        where c.low_id = ${low} and c.high_id = ${high} and m.conversation_id = c.id`;
      await tx`
        update inbox i set activity_at = m.created_at
        from conversations c join messages m on m.conversation_id = c.id and m.seq = c.last_seq
        where c.low_id = ${low} and c.high_id = ${high} and i.conversation_id = c.id`;
    });
  }
}
