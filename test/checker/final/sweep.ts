import type { Sql } from "../../../apps/server/src/db/sql.ts";
import type { Cluster } from "../nodes/cluster.ts";

const dayAndAnHourMs = 25 * 3_600_000;
const doneWithinMs = 30_000;

/**
 * A day later, as the servers' clocks say: they are started again, which clears what was being written when an earlier start
 * ended, and sweep. What nobody sent is abandoned by then.
 */
export async function sweepAfterADay(cluster: Cluster): Promise<void> {
  const { nodes } = cluster;
  for (const node of nodes) node.setClock(dayAndAnHourMs);
  for (const node of nodes) {
    await node.end("SIGTERM");
    await node.start();
  }
  await using database = cluster.open();
  // Twice: what one of them finds in processing is settled by it, and dropped by the next.
  for (let round = 0; round < 2; round += 1) await runJob(database.sql);
  for (const node of nodes) node.setClock(0);
}

async function runJob(sql: Sql): Promise<void> {
  const [{ id }] = await sql`select id::text as id from graphile_worker.add_job('media:sweep')`;
  const giveUpMs = performance.now() + doneWithinMs;
  for (;;) {
    const left = await sql`select 1 from graphile_worker.jobs where id = ${id}::bigint`;
    if (left.length === 0) return;
    if (performance.now() > giveUpMs) throw new Error("the sweep of media did not end");
    await Bun.sleep(50);
  }
}
