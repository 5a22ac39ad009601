import type { Cluster } from "../nodes/cluster.ts";

/** Bugs that are planted in the database: what the server's statements ask for does not quite happen. */

/** A client id may be used again: nothing keeps two messages apart (R13). */
export async function dropUniqueClientIds(cluster: Cluster): Promise<void> {
  await using database = cluster.open();
  const [row] = await database.sql`
    select conname as name from pg_constraint
    where conrelid = 'messages'::regclass and contype = 'u' and pg_get_constraintdef(oid) like '%client_id%'`;
  await database.sql.unsafe(`alter table messages drop constraint "${row.name}"`);
}

/** Unsending takes the row away instead of leaving a tombstone (R9). */
export async function deleteTombstones(cluster: Cluster): Promise<void> {
  await onEachRow(cluster, {
    ...{ table: "messages", when: "after update" },
    body: "if new.unsent_at is not null then delete from messages m where m.conversation_id = new.conversation_id and m.seq = new.seq; end if; return null;",
  });
}

/** The tombstone keeps what it says (R9). */
export async function keepUnsentText(cluster: Cluster): Promise<void> {
  await onEachRow(cluster, {
    ...{ table: "messages", when: "before update" },
    body: "if new.unsent_at is not null then new.text := old.text; end if; return new;",
  });
}

/** Now and then a new message takes a member's marker a bit back (R16). */
export async function moveMarkersBack(cluster: Cluster): Promise<void> {
  await onEachRow(cluster, {
    ...{ table: "inbox", when: "before update" },
    body: "if new.last_seq > old.last_seq and new.last_seq % 5 = 0 then new.read_seq := greatest(new.read_seq - 2, 0); end if; return new;",
  });
}

/** Which bytes are to be deleted is forgotten (R9, T7). */
export async function forgetDeletions(cluster: Cluster): Promise<void> {
  await onEachRow(cluster, { table: "blob_deletions", when: "before insert", body: "return null;" });
}

async function onEachRow(cluster: Cluster, bug: { table: string; when: string; body: string }): Promise<void> {
  await using database = cluster.open();
  await database.sql.unsafe(
    `create function planted() returns trigger language plpgsql as $planted$ begin ${bug.body} end $planted$`,
  );
  await database.sql.unsafe(
    `create trigger planted ${bug.when} on ${bug.table} for each row execute function planted()`,
  );
}
