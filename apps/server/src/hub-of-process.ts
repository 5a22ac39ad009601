import { limits } from "@sotto/protocol/limits.ts";
import type { Membership } from "./cluster/membership.ts";
import { lookups } from "./cluster/moved.ts";
import type { WhoIsHere } from "./cluster/last-seen.ts";
import { noPresence, presence } from "./cluster/presence.ts";
import type { Sql } from "./db/sql.ts";
import { healer } from "./gateway/heal.ts";
import { hub, type Hub } from "./gateway/hub.ts";
import { describeError, type Log } from "./log.ts";
import type { Bus } from "./ports/bus.ts";

export interface HubOptions {
  sql: Sql;
  bus: Bus;
  epoch: string;
  member: Membership;
  /** Other processes have sockets too. */
  shared: boolean;
  /** Is told of every socket, for those who show when they are here. */
  here: Pick<WhoIsHere, "opened" | "closed">;
  log: Log;
}

/** This process's sockets, joined to the bus; where others have sockets too, also to the database, which makes up for lost hints. */
export function openHub({ sql, bus, epoch, member, shared, here, log }: HubOptions): {
  hub: Hub;
  close(): Promise<void>;
} {
  const publish = bus.publish.bind(bus);
  const { socketsPerPerson } = limits;
  const present = shared ? presence({ sql, nodeId: member.nodeId, socketsPerPerson, publish, log }) : noPresence;
  const sockets = hub({
    watch: bus.watch.bind(bus),
    unwatch: bus.unwatch.bind(bus),
    opened(socket) {
      present.opened(socket);
      here.opened(socket);
    },
    closed(socket) {
      present.closed(socket);
      here.closed(socket);
    },
  });
  const leaveBus = bus.subscribe((hint) => sockets.deliver(hint));
  const { cursors, over } = lookups(sql, epoch);
  const healing = healer({
    hub: sockets,
    cursors,
    over,
    losing: () => bus.state() === "away" || member.othersAway(),
    shared,
    onError: (error) => log.warn({ error: describeError(error) }, "whether hints were lost could not be looked up"),
  });
  const leaveGaps = bus.onGap(healing.now);
  return {
    hub: sockets,
    async close() {
      leaveGaps();
      leaveBus();
      await healing.stop();
      await present.stop();
    },
  };
}
