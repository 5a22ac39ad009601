import type { Sql } from "../db/sql.ts";

/** What one look into the database tells; NaN where it did not answer in time: a scrape waits for nobody. */
export interface DatabaseGauges {
  /** A connection of the pool, a round trip and back. */
  probeSeconds: number;
  connections: number;
  jobsWaiting: number;
  jobsFailed: number;
  erasuresWaiting: number;
}

const withinMs = 1_500;
/** Enough to know that it is too many. */
const countedMost = 10_000;
const unknown: DatabaseGauges = {
  probeSeconds: Number.NaN,
  connections: Number.NaN,
  jobsWaiting: Number.NaN,
  jobsFailed: Number.NaN,
  erasuresWaiting: Number.NaN,
};

export async function readDatabase(sql: Sql): Promise<DatabaseGauges> {
  const beganMs = performance.now();
  try {
    const probe = sql`select 1`.then(() => (performance.now() - beganMs) / 1000);
    const late = Bun.sleep(withinMs).then(() => null);
    const probeSeconds = await Promise.race([probe, late]);
    // Of a probe that comes to nothing later, nobody needs to hear.
    probe.catch(() => undefined);
    if (probeSeconds === null) return { ...unknown, probeSeconds: withinMs / 1000 };
    const rest = await Promise.race([readRest(sql), late]);
    return { ...unknown, probeSeconds, ...rest };
  } catch {
    return unknown;
  }
}

async function readRest(sql: Sql): Promise<Omit<DatabaseGauges, "probeSeconds">> {
  const [row] = await sql`
    select (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
      (select count(*)::int from (select 1 from erasures limit ${countedMost}) e) as erasures_waiting,
      to_regclass('graphile_worker._private_jobs') is not null as has_jobs`;
  const { waiting, failed } = row.has_jobs ? await readJobs(sql) : { waiting: 0, failed: 0 };
  return {
    connections: row.connections,
    erasuresWaiting: row.erasures_waiting,
    jobsWaiting: waiting,
    jobsFailed: failed,
  };
}

async function readJobs(sql: Sql): Promise<{ waiting: number; failed: number }> {
  const [row] = await sql`
    select count(*) filter (where attempts < max_attempts and run_at <= now())::int as waiting,
      count(*) filter (where attempts >= max_attempts)::int as failed
    from (select attempts, max_attempts, run_at from graphile_worker._private_jobs limit ${countedMost}) j`;
  return row;
}
