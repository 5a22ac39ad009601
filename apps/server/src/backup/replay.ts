import type { Client } from "pg";
import { erasePersonStatements } from "../account/erase-person.ts";
import { blobKey, renditionNames } from "../media/renditions.ts";
import type { Ledger, LedgerEntry } from "../ports/ledger.ts";

export interface Replayed {
  /** Messages that were taken back after the backup, and were in it. */
  unsent: number;
  photosRemoved: number;
  accountsDeleted: number;
}

/** Takes back, in the loaded database, everything that the ledger says was erased (R9): as unsending does, for all at once. */
export async function replayErasures(client: Client, ledger: Ledger): Promise<Replayed> {
  await client.query(
    "create temporary table erased (subject_id uuid, seq bigint, made_at timestamptz, at timestamptz) on commit drop",
  );
  const personIds = await fill(client, ledger);
  const unsent = await entomb(client);
  const photosRemoved = await dropMedia(client);
  const accountsDeleted = await erasePeople(client, personIds);
  return { unsent, photosRemoved, accountsDeleted };
}

const entriesAtOnce = 1000;

/** A medium has no seq. Answers whose accounts were deleted: few, compared with messages. */
async function fill(client: Client, ledger: Ledger): Promise<Set<string>> {
  const personIds = new Set<string>();
  let batch: Extract<LedgerEntry, { kind: "message" | "medium" }>[] = [];
  const insert = async () => {
    await client.query(
      "insert into erased select * from unnest($1::uuid[], $2::bigint[], $3::timestamptz[], $4::timestamptz[])",
      [
        batch.map((one) => (one.kind === "message" ? one.conversationId : one.mediaId)),
        batch.map((one) => (one.kind === "message" ? one.seq : null)),
        batch.map((one) => (one.kind === "message" ? one.sentAt : null)),
        batch.map((one) => one.at),
      ],
    );
    batch = [];
  };
  for await (const entry of ledger.read()) {
    if (entry.kind === "person") personIds.add(entry.personId);
    if (entry.kind === "backup" || entry.kind === "person") continue;
    batch.push(entry);
    if (batch.length === entriesAtOnce) await insert();
  }
  await insert();
  return personIds;
}

/** Their pictures and loose photos belong to nobody from here on: the sweep takes them. */
async function erasePeople(client: Client, personIds: ReadonlySet<string>): Promise<number> {
  let erased = 0;
  for (const personId of personIds) {
    for (const [nth, statement] of erasePersonStatements.entries()) {
      const { rowCount } = await client.query(statement, [personId]);
      if (nth === 0) erased += rowCount ?? 0;
    }
  }
  return erased;
}

/**
 * A message whose time is damaged (T30) is known by its place alone: the ledger has the time of the erasure for it.
 * Change numbers go on where the conversation's ended; nobody holds a cursor from before (the epoch is new).
 */
async function entomb(client: Client): Promise<number> {
  await client.query(`
    create temporary table taken_back on commit drop as
    select m.conversation_id, m.seq, min(e.at) as at,
      row_number() over (partition by m.conversation_id order by m.seq) as nth
    from messages m join erased e on e.subject_id = m.conversation_id and e.seq = m.seq
      and (e.made_at = date_trunc('milliseconds', m.created_at)
        or m.created_at < '0001-01-01T00:00:00Z' or m.created_at >= '10000-01-01T00:00:00Z')
    where m.unsent_at is null
    group by m.conversation_id, m.seq`);
  const { rowCount } = await client.query(`
    update messages m set text = '', fingerprint = null, has_media = false, extras = null, reply_to_seq = null, pinned_at = null,
      expires_at = null, changed = true, unsent_at = t.at, change = c.last_change + t.nth
    from taken_back t join conversations c on c.id = t.conversation_id
    where m.conversation_id = t.conversation_id and m.seq = t.seq`);
  await client.query(`
    delete from message_versions v using taken_back t where v.conversation_id = t.conversation_id and v.seq = t.seq`);
  await client.query(`
    update conversations c set last_change = c.last_change + t.n
    from (select conversation_id, count(*) as n from taken_back group by 1) t where c.id = t.conversation_id`);
  // A request whose one message is taken back has nothing left to accept.
  await client.query(`
    update inbox i set folder = 'hidden'
    from taken_back t join conversations c on c.id = t.conversation_id and c.last_seq = t.seq and c.kind = 'direct'
    where i.conversation_id = c.id and i.folder = 'requests'`);
  return rowCount ?? 0;
}

/** What the ledger names, and what nothing holds any more. The bytes of these are not even written. */
async function dropMedia(client: Client): Promise<number> {
  await client.query(`
    create temporary table dropped on commit drop as
    with loose as (
      delete from message_media mm using taken_back t
      where mm.conversation_id = t.conversation_id and mm.seq = t.seq returning mm.media_id
    )
    select subject_id as id from erased where seq is null
    union
    select l.media_id from loose l where not exists (
      select 1 from message_media mm where mm.media_id = l.media_id and not exists (
        select 1 from taken_back t where t.conversation_id = mm.conversation_id and t.seq = mm.seq))
      and not exists (select 1 from people p where p.picture_media_id = l.media_id)`);
  await client.query("update people set picture_media_id = null where picture_media_id in (select id from dropped)");
  await client.query("delete from message_media where media_id in (select id from dropped)");
  await client.query("delete from renditions where media_id in (select id from dropped)");
  const { rows } = await client.query<{ id: string }>(
    "delete from media where id in (select id from dropped) returning id",
  );
  // Where a forced restore goes over what was there, their bytes may still lie in their place.
  const keys = rows.flatMap(({ id }) => renditionNames.map((name) => blobKey(id, name)));
  await client.query(
    "insert into blob_deletions (blob_key, created_at) select key, now() from unnest($1::text[]) as key on conflict do nothing",
    [keys],
  );
  return rows.length;
}
