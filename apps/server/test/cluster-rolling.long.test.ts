import { expect, test } from "bun:test";
import { startCluster, type Cluster } from "./cluster-kit.ts";
import { startClusterLoad, type ClusterLoad } from "./cluster-load.ts";
import { noBroker } from "./nats-kit.ts";
import { until } from "./people.ts";

const check = test.skipIf(noBroker !== null);
const why = noBroker === null ? "" : ` (skipped: ${noBroker})`;

check(
  `R26 R13 C17 a rolling restart of three nodes under load: nothing lost, nothing twice, every socket resumed${why}`,
  async () => {
    await using cluster = await startCluster({ nodes: 3 });
    await using load = await startClusterLoad({ ...cluster, pairs: 8, everyMs: 100 });
    await goesOn(load, 50);
    for (const node of cluster.nodes) {
      const droppedBefore = drops(load);
      const startedMs = performance.now();
      await node.stop();
      const stoppedMs = performance.now() - startedMs;
      await goesOn(load, 50);
      await node.start();
      await goesOn(load, 50);
      console.log(
        `${node.name}: stopped in ${stoppedMs.toFixed(0)} ms, ${drops(load) - droppedBefore} sockets sent elsewhere`,
      );
    }
    await load.finish();
    const found = await load.verify(cluster.database);
    console.log(
      `rolling restart of three nodes: ${found.written} messages, lost ${found.lost}, stored twice ${found.storedTwice}, ` +
        `shown twice ${found.shownTwice}, sockets resumed ${found.resumed} of ${found.dropped}`,
    );
    expect(found.dropped).toBeGreaterThanOrEqual(load.clients.length);
    expect(found).toMatchObject({ lost: 0, storedTwice: 0, shownTwice: 0, apart: 0, resumed: found.dropped });
    expect(await inboxBehind(cluster)).toBe(0);
    expect(await leftRows(cluster)).toEqual({ nodes: 3, sockets: load.clients.length });
  },
  240_000,
);

check(
  `R15 R26 the broker is killed and comes back, twice: sends are acknowledged, nothing lost, nothing twice${why}`,
  async () => {
    await using cluster = await startCluster({ nodes: 3 });
    await using load = await startClusterLoad({ ...cluster, pairs: 6, everyMs: 150 });
    await goesOn(load, 30);
    for (const round of [1, 2]) {
      await cluster.broker.kill();
      const before = load.acknowledged();
      await Bun.sleep(4_000);
      const during = load.acknowledged() - before;
      await cluster.broker.restart();
      await goesOn(load, 30);
      console.log(`broker away ${round}: ${during} messages acknowledged meanwhile`);
      expect(during).toBeGreaterThan(0);
    }
    await load.finish();
    const found = await load.verify(cluster.database);
    console.log(`broker killed twice: ${JSON.stringify(found)}`);
    expect(found).toMatchObject({ lost: 0, storedTwice: 0, shownTwice: 0, apart: 0, dropped: 0 });
  },
  240_000,
);

async function goesOn(load: ClusterLoad, messages: number): Promise<void> {
  const before = load.acknowledged();
  await until("messages are acknowledged", () => load.acknowledged() >= before + messages, 60_000);
}

function drops(load: ClusterLoad): number {
  return load.clients.reduce((sum, client) => sum + client.dropped, 0);
}

async function inboxBehind({ database: { sql } }: Cluster): Promise<number> {
  const behind = async () => {
    const [row] = await sql`
      select count(*)::int as n from inbox i join conversations c on c.id = i.conversation_id
      where i.last_seq <> c.last_seq or i.change <> c.last_change`;
    return row.n;
  };
  await until("the inbox is written", async () => (await behind()) === 0).catch(() => undefined);
  return await behind();
}

/** Clean stops leave nothing behind. */
async function leftRows({ database: { sql } }: Cluster): Promise<{ nodes: number; sockets: number }> {
  const read = async () => {
    const [row] = await sql`
      select (select count(*)::int from nodes where name <> 'before') as nodes, (select count(*)::int from open_sockets) as sockets`;
    return { nodes: row.nodes, sockets: row.sockets };
  };
  await Bun.sleep(1_000);
  return await read();
}
