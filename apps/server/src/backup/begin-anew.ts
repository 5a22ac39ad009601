import type { Client } from "pg";
import type { Manifest } from "./manifest.ts";

/** What a restored database must forget or find out before anybody is served from it. */
export async function beginAnew(client: Client, { id, at }: Pick<Manifest, "id" | "at">): Promise<void> {
  // Every client starts anew: cursors of before would pass over what the backup does not have (R15).
  await client.query(
    "insert into meta (key, value) values ('epoch', $1) on conflict (key) do update set value = excluded.value",
    [Bun.randomUUIDv7()],
  );
  // The next start writes the one of the secret that it has, which came with the backup or was set by hand.
  await client.query("delete from meta where key in ('last_backup', 'secret_check')");
  // For `doctor`: what this database comes from, and whose mark its ledger has.
  await client.query(
    "insert into meta (key, value) values ('restored_from', $1) on conflict (key) do update set value = excluded.value",
    [JSON.stringify({ id, at })],
  );
  // One that was revoked since would be good again (T5): everybody signs in once.
  await client.query("delete from sessions");
  // Their bytes were in quarantine, which no backup sees (R20).
  await client.query(
    `update media set state = 'failed', error_code = 'internal', error_detail = $1 where state in ('uploading', 'processing')`,
    ["The server was restored from a backup while this photo was on its way. Please send it again."],
  );
  await recountInbox(client);
}

/** Inbox rows follow the log by up to 250 ms: the snapshot may have caught them behind it (R16). */
async function recountInbox(client: Client): Promise<void> {
  await client.query(`
    update inbox i set change = c.last_change, last_seq = c.last_seq,
      activity_at = greatest(i.activity_at, coalesce(
        (select m.created_at from messages m where m.conversation_id = c.id and m.seq = c.last_seq), i.activity_at))
    from conversations c join members m on m.conversation_id = c.id and m.left_at is null
    where c.id = i.conversation_id and m.person_id = i.person_id and i.change < c.last_change`);
}
