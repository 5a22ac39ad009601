import { hostname } from "node:os";
import { databaseClock } from "./cluster/database-clock.ts";
import { housekeeping } from "./cluster/housekeeping.ts";
import { join, type Membership } from "./cluster/membership.ts";
import type { Config } from "./config.ts";
import type { Sql } from "./db/sql.ts";
import type { InboxFlush } from "./fanout/inbox-flush.ts";
import { sweepInbox } from "./fanout/inbox-sweep.ts";
import type { Log } from "./log.ts";
import type { Bus } from "./ports/bus.ts";

export interface NodeOptions {
  config: Pick<Config, "roles" | "nats" | "dataDir">;
  sql: Sql;
  bus: Bus;
  inbox: InboxFlush;
  log: Log;
}

/** This process among the others: in the table of nodes, with the inbox brought up to the log where a crash left it behind. */
export interface RunningNode {
  member: Membership;
  /** The database's time. */
  nowMs: () => number;
  /** No more sweeps. */
  rest(): Promise<void>;
  /** Leaves the table, unless inbox rows are still owed, of its own or a dead node's. */
  leave(): Promise<void>;
}

export async function startNode({ config, sql, bus, inbox, log }: NodeOptions): Promise<RunningNode> {
  const clock = await databaseClock(sql);
  const { member, crashed } = await join({
    sql,
    name: `${hostname()}:${config.dataDir}`,
    roles: config.roles,
    alone: config.nats === undefined,
    bus,
    clock,
    log,
  });
  if (crashed) await sweepInbox(sql, inbox);
  const afterCrash = async () => {
    await sweepInbox(sql, inbox);
    bus.announceGap();
  };
  const rounds = config.roles.includes("worker") ? housekeeping({ sql, nodeId: member.nodeId, log, afterCrash }) : null;
  return {
    member,
    nowMs: clock.nowMs,
    rest: async () => await rounds?.stop(),
    leave: async () => await member.leave({ clean: inbox.pending() === 0 && rounds?.owes() !== true }),
  };
}
