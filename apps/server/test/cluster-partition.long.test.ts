import { expect, test } from "bun:test";
import { startCluster } from "./cluster-kit.ts";
import { startClusterLoad, type ClusterLoad } from "./cluster-load.ts";
import { noBroker } from "./nats-kit.ts";
import { noNamespaces, startNetwork } from "./network-kit.ts";
import { until } from "./people.ts";

const check = test.skipIf(noBroker !== null);
const why = noBroker === null ? "" : ` (skipped: ${noBroker})`;

check(
  `R15 R26 three nodes and a broker cut apart: sends are acknowledged, nothing lost, nothing twice, all converge${why}`,
  async () => {
    const reason = noNamespaces();
    console.log(
      reason === null ? "cut: cables pulled between network namespaces" : `cut: proxies gone silent (${reason})`,
    );
    const network = reason === null ? startNetwork() : undefined;
    try {
      await using cluster = await startCluster({ nodes: 3, ...(network && { network }) });
      const urls = cluster.nodes.map((node) => node.url);
      // Each pair's two people on different nodes.
      await using load = await startClusterLoad({
        ...cluster,
        urlOf: (index) => urls[(index + (index >> 1)) % urls.length] ?? "",
        pairs: 7,
        quiet: 2,
        everyMs: 150,
      });
      await goesOn(load, 30);
      for (const [name, cutOff] of [
        ["one node from the others", cluster.nodes.slice(0, 1)],
        ["every node from every other", cluster.nodes],
      ] as const) {
        for (const node of cutOff) node.cutBroker({ silently: true });
        const cutMs = performance.now();
        const before = load.acknowledged();
        // Longer than a silent broker takes to be noticed.
        await Bun.sleep(15_000);
        const acknowledged = load.acknowledged() - before;
        const [{ away }] = await cluster.database.sql`select count(*)::int as away from nodes where bus_away`;
        expect(away).toBe(cutOff.length);
        const behind = await staleness(load);
        for (const node of cutOff) node.heal();
        await goesOn(load, 30);
        console.log(
          `${name}: cut for ${((performance.now() - cutMs) / 1000).toFixed(0)} s, ${acknowledged} messages acknowledged meanwhile; ` +
            `near its end a message took ${behind} ms to somebody on another node who only looks`,
        );
        expect(acknowledged).toBeGreaterThan(100);
      }
      // The last messages are written while all are apart, and nothing follows them.
      for (const node of cluster.nodes) node.cutBroker({ silently: true });
      await Bun.sleep(2_000);
      await load.finish();
      for (const node of cluster.nodes) node.heal();
      const found = await load.verify(cluster.database);
      console.log(`three nodes cut apart three times: ${JSON.stringify(found)}`);
      expect(found).toMatchObject({ lost: 0, storedTwice: 0, shownTwice: 0, apart: 0, dropped: 0 });
    } finally {
      network?.stop();
    }
  },
  240_000,
);

/** How long it takes now, from a quiet person's send until the other one, on another node, is shown it. */
async function staleness({ clients: [one, other] }: ClusterLoad): Promise<number> {
  const text = `how late ${crypto.randomUUID()}`;
  const startedMs = performance.now();
  one?.handle.send({ text });
  await until(
    "it is shown",
    () => other?.handle.state.get().messages.some((message) => message.text === text) ?? false,
  );
  return Math.round(performance.now() - startedMs);
}

async function goesOn(load: ClusterLoad, messages: number): Promise<void> {
  const before = load.acknowledged();
  await until("messages are acknowledged", () => load.acknowledged() >= before + messages, 60_000);
}
