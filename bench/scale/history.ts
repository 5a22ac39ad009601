import { join } from "node:path";
import { Driver } from "../load/drive.ts";
import type { Sql } from "../../apps/server/src/db/sql.ts";
import { seedPairs } from "../send/seed.ts";
import { startServer } from "../send/server.ts";
import { sottoAccounts, toPoint, type ScalePoint, type ScaleShape } from "./measure.ts";

const people = 200;

export interface HistoryPoint extends ScalePoint {
  /** The table and its indexes, divided by its rows. */
  bytesPerMessage: number;
}

/** Cost per message against the messages that are there when it begins, spread over a hundred conversations. */
export async function historyCurve(
  folder: string,
  lengths: readonly number[],
  shape: ScaleShape,
): Promise<HistoryPoint[]> {
  const server = await startServer(join(folder, "history"));
  const { sql } = server.database;
  const points: HistoryPoint[] = [];
  try {
    const places = await seedPairs(sql, server.secret, people);
    await using driver = await Driver.start();
    await driver.open(sottoAccounts([server.socketUrl], places));
    for (const length of lengths) {
      await fill(sql, length);
      const at = Math.round(await countMessages(sql));
      const load = { senders: people, outstanding: 4, closesOn: { receivers: 1 }, ...shape };
      const pids = { servers: [server.pids.server], database: server.pids.database };
      const point = toPoint(at, await driver.drive(load, pids));
      points.push({ ...point, bytesPerMessage: await bytesPerMessage(sql) });
    }
  } finally {
    await server.stop();
  }
  return points;
}

/** As sends leave them, in steps of a million; the conversations are told their new ends. */
async function fill(sql: Sql, length: number): Promise<void> {
  // What the last point sent is in the inbox by now: it follows within 250 ms.
  await Bun.sleep(1_000);
  // The load of a point leaves some hundred thousand.
  if ((await countMessages(sql)) > length) await empty(sql);
  const conversations = people / 2;
  const perStep = 1_000_000 / conversations;
  for (;;) {
    const have = await countMessages(sql);
    const step = Math.min(perStep, Math.round((length - have) / conversations));
    if (step <= 0) break;
    console.error(`history: ${have.toLocaleString("en")} of ${length.toLocaleString("en")} messages`);
    await addToEach(sql, step);
  }
  await sql`vacuum analyze messages`;
  await sql`vacuum analyze conversations`;
  await sql`checkpoint`;
}

async function empty(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`truncate messages`;
    await tx`update conversations set last_seq = 0, last_change = 0`;
    await tx`update inbox set last_seq = 0, change = 0`;
  });
}

async function addToEach(sql: Sql, each: number): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`
      insert into messages (conversation_id, seq, id, sender_id, client_id, fingerprint, text, change, created_at)
      select c.id, c.last_seq + n, gen_random_uuid(), case when n % 2 = 0 then c.low_id else c.high_id end,
        'h' || (c.last_seq + n), md5(n::text), 'h' || n || ' dunes before the rain, the third one',
        c.last_change + n, now()
      from conversations c cross join generate_series(1, ${each}::int) as n`;
    await tx`update conversations set last_seq = last_seq + ${each}, last_change = last_change + ${each}`;
    await tx`
      update inbox i set last_seq = c.last_seq, change = c.last_change
      from conversations c where c.id = i.conversation_id`;
  });
}

/** From the ends of the conversations: the log has no gaps (R14). */
async function countMessages(sql: Sql): Promise<number> {
  const rows: { count: number }[] = await sql`select sum(last_seq)::float8 as count from conversations`;
  return rows[0]?.count ?? 0;
}

async function bytesPerMessage(sql: Sql): Promise<number> {
  const messages = await countMessages(sql);
  const rows: { bytes: number }[] = await sql`select pg_total_relation_size('messages')::float8 as bytes`;
  return Math.round((rows[0]?.bytes ?? 0) / (messages || 1));
}
