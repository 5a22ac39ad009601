import type { Sql } from "../db/sql.ts";
import type { Publish } from "./publish.ts";
import { encodeSyncCursor } from "./sync-cursor.ts";

/**
 * The inbox rows are derived from the log: written outside the send's commit (two of them inside it halved the throughput),
 * coalesced, at most `everyMs` after the change, in person order so that flushes never wait for each other in a circle.
 *
 * Modes: idle (nothing touched), waiting (a timer runs), flushing. What is touched while flushing waits for the next.
 */
export interface InboxFlush {
  /** `stale`: something besides messages changed, so clients get the conversation again. */
  touch(conversationId: string, options?: { stale?: boolean }): void;
  /** Writes everything touched so far; used by tests, by draining and by the sweep. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export interface InboxFlushDeps {
  sql: Sql;
  publish: Publish;
  epoch: string;
  onError: (error: unknown) => void;
  everyMs?: number;
}

const conversationsPerFlush = 500;

export function inboxFlush({ sql, publish, epoch, onError, everyMs = 250 }: InboxFlushDeps): InboxFlush {
  let touched = new Map<string, boolean>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let flushing: Promise<void> = Promise.resolve();

  const flushOnce = async () => {
    const batch = [...touched].slice(0, conversationsPerFlush);
    if (batch.length === 0) return;
    for (const [id] of batch) touched.delete(id);
    try {
      const rows = await writeInbox(sql, batch.map(([id]) => id));
      const stale = new Map(batch);
      publishRows(publish, epoch, rows, (id) => stale.get(id) ?? false);
    } catch (error) {
      // The rows stay behind the log until the next try; nothing is lost, for they are derived from it.
      touched = new Map([...batch, ...touched]);
      onError(error);
    }
  };
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = null;
      void flush().then(() => touched.size > 0 && schedule());
    }, everyMs);
  };
  const flush = () => (flushing = flushing.then(flushOnce));

  return {
    touch(conversationId, { stale = false } = {}) {
      touched.set(conversationId, stale || (touched.get(conversationId) ?? false));
      schedule();
    },
    flush,
    async stop() {
      if (timer) clearTimeout(timer);
      for (let round = 0; touched.size > 0 && round < 50; round += 1) await flush();
    },
  };
}

export interface InboxChange {
  person_id: string;
  conversation_id: string;
  since: number;
  counter: number;
  change: number;
  last_seq: number;
  read_seq: number;
}

/**
 * Brings the inbox rows of every member up to the log. The person's counter is given out under its row's lock, so a reader
 * never sees a later number before an earlier one is there (R15).
 */
export async function writeInbox(sql: Sql, conversationIds: readonly string[]): Promise<InboxChange[]> {
  return await sql`
    with due as (
      select m.person_id, c.id as conversation_id, c.last_seq, c.last_change,
        coalesce((select l.created_at from messages l where l.conversation_id = c.id and l.seq = c.last_seq), c.created_at) as at
      from unnest(${sql.array([...conversationIds], "UUID")}) as t(id)
      join conversations c on c.id = t.id
      join members m on m.conversation_id = c.id
    ), locked as (
      select p.person_id, p.counter from person_counters p
      where p.person_id in (select person_id from due) order by p.person_id for no key update
    ), numbered as (
      select d.*, l.counter as since, row_number() over (partition by d.person_id order by d.conversation_id) as place
      from due d join locked l on l.person_id = d.person_id
    ), counted as (
      update person_counters p set counter = p.counter + n.n
      from (select person_id, count(*) as n from numbered group by person_id) n where p.person_id = n.person_id
      returning p.person_id, p.counter - n.n as since
    )
    update inbox i set
      counter = c.since + n.place, change = greatest(i.change, n.last_change), last_seq = greatest(i.last_seq, n.last_seq),
      activity_at = greatest(i.activity_at, n.at),
      folder = case when i.folder = 'archived' and n.last_seq > i.last_seq and (i.muted_until is null or i.muted_until < now())
        then 'inbox' else i.folder end
    from numbered n join counted c on c.person_id = n.person_id
    where i.person_id = n.person_id and i.conversation_id = n.conversation_id
    returning i.person_id, i.conversation_id, c.since::float8 as since, i.counter::float8 as counter,
      i.change::float8 as change, i.last_seq::float8 as last_seq, i.read_seq::float8 as read_seq`;
}

/** One event for each person, with all of their conversations that changed. */
function publishRows(publish: Publish, epoch: string, rows: readonly InboxChange[], stale: (conversationId: string) => boolean): void {
  for (const [personId, changes] of Map.groupBy(rows, (row) => row.person_id)) {
    const first = changes[0];
    if (!first) continue;
    publish([personId], {
      event: "inbox",
      since: encodeSyncCursor(epoch, first.since),
      cursor: encodeSyncCursor(epoch, Math.max(...changes.map((row) => row.counter))),
      changes: changes.map((row) => ({
        conversationId: row.conversation_id,
        change: row.change,
        lastSeq: row.last_seq,
        readSeq: row.read_seq,
        stale: stale(row.conversation_id),
      })),
    });
  }
}
