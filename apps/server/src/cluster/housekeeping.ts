import type { Sql } from "../db/sql.ts";
import { describeError, type Log } from "../log.ts";
import { takeDead } from "./node-store.ts";

export interface HousekeepingOptions {
  sql: Sql;
  nodeId: string;
  log: Log;
  /** A node died: brings the inbox up to the log, and tells everybody to look. */
  afterCrash: () => Promise<void>;
  everyMs?: number;
}

export interface Housekeeping {
  /** A dead node's row was taken, and what it left is not swept yet. */
  owes(): boolean;
  stop(): Promise<void>;
}

const rowsAtOnce = 10_000;
/** The migration's row for whatever ran before there were nodes. Swept as a dead one, and no news to anybody. */
const beforeNodes = "before";

/** A worker's rounds: dead nodes, tickets too old to be good, limits whose time is over. */
export function housekeeping(options: HousekeepingOptions): Housekeeping {
  const { sql, log, everyMs = 10_000 } = options;
  let owed = false;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const round = async () => {
    const dead = await takeDead(sql, options.nodeId);
    for (const { name } of dead.filter((one) => one.name !== beforeNodes))
      log.warn({ node: name }, "a node died: sweeping what it left");
    // Its row is gone; should this sweep fail, or this process die, the debt is this node's.
    owed ||= dead.length > 0;
    if (owed && !stopped) {
      await options.afterCrash();
      owed = false;
    }
    await deleteExpired(sql);
  };
  const safely = () =>
    round().catch((error: unknown) =>
      log.warn({ error: describeError(error) }, "housekeeping failed, and goes on later"),
    );
  const timer = setInterval(() => void (running = running.then(safely)), everyMs);
  return {
    owes: () => owed,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}

async function deleteExpired(sql: Sql): Promise<void> {
  await sql`
    delete from used_tickets where (person_id, nonce) in (
      select person_id, nonce from used_tickets where expires_at < now() - interval '1 minute' limit ${rowsAtOnce})`;
  await sql`
    delete from rate_counts where (key, name) in (
      select key, name from rate_counts where ends_at < now() - interval '1 minute' limit ${rowsAtOnce} for update skip locked)`;
}
