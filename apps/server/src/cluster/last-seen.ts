import type { Sql } from "../db/sql.ts";
import { describeError, type Log } from "../log.ts";
import type { OpenSocket } from "./presence.ts";

/** Who is connected, here or to any other process, and when somebody who shows it was (C8). */
export interface WhoIsHere {
  opened(socket: OpenSocket): void;
  closed(socket: OpenSocket): void;
  /** Those of these people who have a socket open somewhere. */
  online(personIds: readonly string[]): Promise<Set<string>>;
  stop(): Promise<void>;
}

export interface WhoIsHereOptions {
  sql: Sql;
  /** Other processes have sockets too: the table of open sockets knows them. */
  shared: boolean;
  log: Log;
  /** A page that is loaded again was not away. */
  writeAfterMs?: number;
  /** What a crash may lose. */
  writeAllEveryMs?: number;
}

const rowsAtOnce = 2_000;

/** Counts sockets by person; writes when they close, coalesced, and for all who are here every few minutes. */
export function whoIsHere({ sql, shared, log, ...options }: WhoIsHereOptions): WhoIsHere {
  const { writeAfterMs = 1_000, writeAllEveryMs = 5 * 60_000 } = options;
  const socketsOf = new Map<string, number>();
  const gone = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> = Promise.resolve();
  const write = (personIds: readonly string[]) =>
    (writing = writing
      .then(async () => await writeLastSeen(sql, personIds))
      .catch((error: unknown) => log.debug({ error: describeError(error) }, "who was here could not be written")));
  const writeGone = () => {
    timer = undefined;
    const left = [...gone].filter((personId) => !socketsOf.has(personId));
    gone.clear();
    return write(left);
  };
  const all = setInterval(() => void write([...socketsOf.keys()]), writeAllEveryMs);
  return {
    opened({ personId }) {
      socketsOf.set(personId, (socketsOf.get(personId) ?? 0) + 1);
    },
    closed({ personId }) {
      const left = (socketsOf.get(personId) ?? 1) - 1;
      if (left > 0) return void socketsOf.set(personId, left);
      socketsOf.delete(personId);
      gone.add(personId);
      timer ??= setTimeout(() => void writeGone(), writeAfterMs);
    },
    async online(personIds) {
      const here = personIds.filter((personId) => socketsOf.has(personId));
      return new Set(shared ? [...here, ...(await readElsewhere(sql, personIds))] : here);
    },
    async stop() {
      clearInterval(all);
      clearTimeout(timer);
      await write([...new Set([...gone, ...socketsOf.keys()])]);
    },
  };
}

/** To the minute, and only of those who show it. */
async function writeLastSeen(sql: Sql, personIds: readonly string[]): Promise<void> {
  for (let from = 0; from < personIds.length; from += rowsAtOnce) {
    const some = personIds.slice(from, from + rowsAtOnce).toSorted();
    await sql`
      insert into last_seen (person_id, at)
      select p.id, date_trunc('minute', now()) from unnest(${sql.array(some, "UUID")}) as t(id)
      join people p on p.id = t.id and p.settings->>'presence' = 'true'
      on conflict (person_id) do update set at = greatest(last_seen.at, excluded.at)`;
  }
}

async function readElsewhere(sql: Sql, personIds: readonly string[]): Promise<string[]> {
  const rows: { person_id: string }[] = await sql`
    select distinct person_id from open_sockets where person_id = any(${sql.array([...personIds], "UUID")}::uuid[])`;
  return rows.map((row) => row.person_id);
}
