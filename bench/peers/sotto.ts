import { join } from "node:path";
import { seedPairs } from "../send/seed.ts";
import { startServer } from "../send/server.ts";
import type { PeerSubject, StartOptions } from "./subject.ts";

/** Our server as `bench send` starts it: every check on, limits raised. */
export async function startOurs({ folder, people }: StartOptions): Promise<PeerSubject> {
  const server = await startServer(join(folder, "sotto"));
  const places = await seedPairs(server.database.sql, server.secret, people);
  return {
    pids: { servers: [server.pids.server], database: server.pids.database },
    serverPid: server.pid,
    accounts: (from, to) => ({
      protocol: "sotto",
      urls: [server.socketUrl],
      tickets: places.slice(from, to).map(({ ticket }) => ticket),
      conversationIds: places.slice(from, to).map(({ conversationId }) => conversationId),
    }),
    answers: true,
    async archived() {
      const rows: { count: number }[] = await server.database.sql`select count(*)::float8 as count from messages`;
      return rows[0]?.count ?? 0;
    },
    stop: server.stop,
  };
}
