import { expect, test } from "bun:test";
import { testDatabase } from "../test-database.ts";
import { prepareQueue } from "../jobs/worker.ts";
import { silentLog } from "../log.ts";
import { queuePush } from "./queue.ts";

const personId = "11111111-1111-4111-8111-111111111111";
const tag = "reaction:22222222-2222-4222-8222-222222222222";
const inMs = (ms: number) => new Date(Date.now() + ms);

/** Of two jobs under one key, the second is queued by a run that began before the first. */
test.each([
  { first: { seq: 2, ms: 60_000 }, second: { seq: 1, ms: 3_600_000 }, left: { seq: 2, ms: 60_000 } },
  { first: { seq: 2, ms: 3_600_000 }, second: { seq: 1, ms: 60_000 }, left: { seq: 1, ms: 60_000 } },
])("a push that has to wait puts off none that was queued meanwhile: $first.ms, $second.ms", async (asked) => {
  await using database = await testDatabase();
  const { sql } = database;
  await prepareQueue({ database, log: silentLog() });
  const nowMs = Date.now();
  for (const { seq, ms } of [asked.first, asked.second])
    await queuePush(sql, { personId, tag, reaction: { seq, reactorId: personId } }, inMs(ms));
  const jobs = await sql`select run_at, (payload->'reaction'->>'seq')::int as seq from graphile_worker._private_jobs`;
  expect(jobs.map((job: { seq: number }) => job.seq)).toEqual([asked.left.seq]);
  expect(jobs[0].run_at.getTime() - nowMs).toBeWithin(asked.left.ms, asked.left.ms + 30_000);
});
