import { expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { addPeople, must, openSocket, ticketOf, type Somebody } from "./api-kit.ts";
import { startCluster } from "./cluster-kit.ts";
import { noBroker } from "./nats-kit.ts";
import { rawUpgrade } from "./raw-upgrade.ts";

const check = test.skipIf(noBroker !== null);
const why = noBroker === null ? "" : ` (skipped: ${noBroker})`;

check(
  `T5 T4 a session revoked on one node closes its sockets on another; a ticket is good once, on whichever node${why}`,
  async () => {
    await using cluster = await startCluster({ nodes: 3 });
    const [one, other, third] = cluster.nodes.map((node) => node.url) as [string, string, string];
    const people = await addPeople(cluster.database, 20);
    const times: number[] = [];
    for (const who of people) {
      using socket = await openSocket(other, who);
      const startedMs = performance.now();
      await must(one, who, "auth.signOut", {});
      const { code, atMs } = await Promise.race([socket.closed, Bun.sleep(5_000).then(() => ({ code: 0, atMs: 0 }))]);
      expect(code).toBe(closeCodes.sessionOver);
      times.push(atMs - startedMs);
    }
    console.log(
      `T5: 20 sessions ended on another node, all sockets closed, after at most ${Math.max(...times).toFixed(0)} ms`,
    );
    const [who] = (await addPeople(cluster.database, 1)) as [Somebody];
    let opened = 0;
    for (let round = 0; round < 10; round++) {
      const path = `/v1/socket?ticket=${await ticketOf(one, who)}&version=1`;
      const answers = await Promise.all([one, other, third, one, other, third].map((url) => rawUpgrade(url, { path })));
      opened += answers.filter((status) => status === 101).length;
    }
    console.log(`T4: 10 tickets shown six times each to three nodes at once, ${opened} sockets opened`);
    expect(opened).toBe(10);
  },
  120_000,
);
