import type { Sql } from "../db/sql.ts";

/**
 * The database's time, told by this node: read now and then, carried on by monotonic time in between. A node's own clock may
 * be an hour wrong, or jump; what nodes compare with each other (tickets) goes by this one.
 */
export interface DatabaseClock {
  nowMs(): number;
  read(sql: Sql): Promise<void>;
}

export async function databaseClock(sql: Sql): Promise<DatabaseClock> {
  let offsetMs = 0;
  const clock: DatabaseClock = {
    nowMs: () => performance.now() + offsetMs,
    async read(from) {
      const askedMs = performance.now();
      const [{ now_ms }] = await from`select extract(epoch from clock_timestamp())::float8 * 1000 as now_ms`;
      offsetMs = now_ms - (askedMs + performance.now()) / 2;
    },
  };
  await clock.read(sql);
  return clock;
}
