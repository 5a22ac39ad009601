import type { Sql } from "../db/sql.ts";
import { describeError, type Log } from "../log.ts";
import type { Bus } from "../ports/bus.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { deleteNode, othersAreAway, takeEarlier, writeNode, type Node } from "./node-store.ts";

/** This process among those that share the database. */
export interface Membership {
  nodeId: string;
  /** Another node's hints reach nobody: what it did is in the database alone. */
  othersAway(): boolean;
  /** Ends the heartbeat. `clean`: nothing is owed, so the row goes; otherwise somebody will find it and sweep. */
  leave(options: { clean: boolean }): Promise<void>;
}

export interface MembershipOptions {
  sql: Sql;
  name: string;
  roles: readonly string[];
  /** No other process can be there: whoever has a row is dead. */
  alone: boolean;
  bus: Bus;
  clock: DatabaseClock;
  log: Log;
}

const heartbeatEveryMs = 5_000;

/** Joins, and says whether an earlier life of this node ended in a crash: then the inbox has to be swept before it is ready. */
export async function join(options: MembershipOptions): Promise<{ member: Membership; crashed: boolean }> {
  const { sql, name, roles, alone, bus } = options;
  const node: Node = { id: Bun.randomUUIDv7(), name, roles };
  await writeNode(sql, node, bus.state() === "away");
  const earlier = await takeEarlier(sql, node, { alone });
  if (earlier.some((other) => other.fresh && other.name !== name))
    options.log.warn("another process has used this database within ten seconds: two at a time need NATS_URL");
  return { member: heartbeat(options, node), crashed: earlier.length > 0 };
}

function heartbeat({ sql, bus, clock, log }: MembershipOptions, node: Node): Membership {
  let othersAway = false;
  let failing = false;
  let beating: Promise<void> = Promise.resolve();
  const beat = async () => {
    try {
      await writeNode(sql, node, bus.state() === "away");
      othersAway = await othersAreAway(sql, node.id);
      await clock.read(sql);
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ error: describeError(error) }, "the heartbeat could not be written");
      failing = true;
    }
  };
  const soon = () => void (beating = beating.then(beat));
  const timer = setInterval(soon, heartbeatEveryMs);
  // The others learn at once that this one is cut off.
  const leaveGaps = bus.onGap(soon);
  return {
    nodeId: node.id,
    othersAway: () => othersAway,
    async leave({ clean }) {
      clearInterval(timer);
      leaveGaps();
      await beating;
      if (clean) await deleteNode(sql, node.id);
    },
  };
}
