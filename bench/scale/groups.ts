import { join } from "node:path";
import type { Sql } from "../../apps/server/src/db/sql.ts";
import { seedPairs } from "../send/seed.ts";
import { startServer } from "../send/server.ts";
import { measurePoint, sottoAccounts, type ScalePoint, type ScaleShape } from "./measure.ts";

const people = 1000;
/** A message is through when all the others have it: with 1,000 members that is 999 frames. */
const senders = 100;

/** Cost per message against the members of the conversation, all of them connected. */
export async function groupCurve(folder: string, sizes: readonly number[], shape: ScaleShape): Promise<ScalePoint[]> {
  const points: ScalePoint[] = [];
  for (const size of sizes) {
    const server = await startServer(join(folder, `group-${size}`));
    try {
      const places = await seedPairs(server.database.sql, server.secret, people);
      const conversationIds = size === 2 ? null : await seedGroups(server.database.sql, size);
      const point = await measurePoint({
        at: size,
        accounts: sottoAccounts(
          [server.socketUrl],
          places.map((place, index) => ({
            ticket: place.ticket,
            conversationId: conversationIds?.[Math.floor(index / size)] ?? place.conversationId,
          })),
        ),
        pids: { servers: [server.pids.server], database: server.pids.database },
        load: { senders, outstanding: 1, closesOn: { receivers: size - 1 } },
        shape,
      });
      points.push(point);
    } finally {
      await server.stop();
    }
  }
  return points;
}

/** Neighbours in the order of their names share a group: the first `size` of them the first, and so on. */
async function seedGroups(sql: Sql, size: number): Promise<string[]> {
  const conversationIds = Array.from({ length: people / size }, () => Bun.randomUUIDv7());
  await sql`
    insert into conversations (id, kind, state, created_at)
    select id, 'group', 'accepted', now() from unnest(${sql.array(conversationIds, "UUID")}) as x(id)`;
  await sql`
    insert into members (conversation_id, person_id, joined_at)
    select g.id, p.id, now()
    from (select id, substring(username from 6)::int - 1 as place from people) p
    join unnest(${sql.array(conversationIds, "UUID")}) with ordinality as g(id, n) on g.n - 1 = p.place / ${size}::int`;
  await sql`
    insert into inbox (person_id, conversation_id, folder, counter, change, last_seq, activity_at)
    select person_id, conversation_id, 'inbox', 0, 0, 0, now() from members on conflict do nothing`;
  await sql`analyze conversations, members, inbox`;
  return conversationIds;
}
