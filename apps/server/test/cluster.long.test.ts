import { expect, test } from "bun:test";
import { closeCodes } from "@sotto/protocol/close-codes.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { limits } from "@sotto/protocol/limits.ts";
import { addPeople, addTwo, befriendAll, call, must, openSocket, ticketOf, type Somebody } from "./api-kit.ts";
import { startCluster, type Cluster } from "./cluster-kit.ts";
import { noBroker } from "./nats-kit.ts";
import { clientOf, until } from "./people.ts";
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

check(
  `R25 limits count over all nodes${why}`,
  async () => {
    await using cluster = await startCluster({
      nodes: 3,
      env: { SOTTO_LIMIT_SIGN_INS: "10", SOTTO_LIMIT_SENDS_PER_SECOND: "10" },
    });
    const urls = cluster.nodes.map((node) => node.url);
    const found = await countLimits(cluster, urls);
    console.log(
      `R25: of 45 sign-ins spread over three nodes ${found.signInsTried} were tried, the next in ${found.retryMinutes} min; ` +
        `of 90 sends within ${found.sendMs} ms ${found.sent} were stored, 10 a second allowed`,
    );
    expect(found.signInsTried).toBe(10);
    // As many windows as the sends took, and the one that they began in.
    expect(found.sent).toBeLessThanOrEqual(10 * (2 + Math.floor(found.sendMs / 1000)));
    expect(found.sent).toBeGreaterThanOrEqual(10);
  },
  120_000,
);

check(
  `T29 sockets of one person count over all nodes, and the oldest give way${why}`,
  async () => {
    await using cluster = await startCluster({ nodes: 3 });
    const [who] = (await addPeople(cluster.database, 1)) as [Somebody];
    const extra = 7;
    const sockets: Awaited<ReturnType<typeof openSocket>>[] = [];
    for (let n = 0; n < limits.socketsPerPerson + extra; n++) {
      sockets.push(await openSocket(cluster.nodes[n % 3]?.url ?? "", who));
      // Written every quarter of a second: in the order in which they came.
      if (n % 3 === 2) await Bun.sleep(300);
    }
    const open = () => sockets.filter((socket) => socket.isOpen()).length;
    await until("the oldest are closed", () => open() === limits.socketsPerPerson);
    await Bun.sleep(1_000);
    const codes = await Promise.all(sockets.slice(0, 6).map(async (socket) => (await socket.closed).code));
    const [{ rows }] = await cluster.database.sql`select count(*)::int as rows from open_sockets`;
    console.log(`T29: ${sockets.length} sockets of one person on three nodes, ${open()} stay, ${rows} rows`);
    expect(open()).toBe(limits.socketsPerPerson);
    expect(codes).toEqual(codes.map(() => closeCodes.tooMany));
    expect(rows).toBe(limits.socketsPerPerson);
    for (const socket of sockets) socket.close();
    await until("their rows are gone", async () => {
      const [row] = await cluster.database.sql`select count(*)::int as n from open_sockets`;
      return row.n === 0;
    });
  },
  120_000,
);

check(
  `R16 R15 kill -9 of a node: another one sweeps, its people's inboxes equal a recount, and who is connected elsewhere is told${why}`,
  async () => {
    await using cluster = await startCluster({ nodes: 3 });
    const [one, other, third] = cluster.nodes as [Cluster["nodes"][0], Cluster["nodes"][0], Cluster["nodes"][0]];
    const [anna, ben] = await addTwo(cluster.database);
    await befriendAll(cluster.database.sql, [[anna, ben]]);
    const { message } = await must(one.url, anna, "messages.sendToPerson", {
      personId: ben.id,
      clientId: "0",
      text: "0",
    });
    const bens = clientOf(other.url, ben);
    bens.start();
    await until("Ben has his inbox", () => bens.inbox.get().conversations.length === 1);
    await inboxIsWritten(cluster);
    // The one whom a new database believes dead would be found before the one of this test.
    await cluster.database.sql`delete from nodes where name = 'before'`;
    for (const [killed, how] of [
      [one, "another worker finds it"],
      [third, "it starts again"],
    ] as const) {
      // Acknowledged, and the inbox is written a quarter of a second later: by nobody.
      const sends = Array.from({ length: 20 }, async (_, n) =>
        must(killed.url, anna, "messages.send", {
          conversationId: message.conversationId,
          clientId: `${killed.name}-${n}`,
          text: `${killed.name} ${n}`,
        }),
      );
      await Promise.race([Promise.all(sends), Bun.sleep(150)]);
      await killed.kill();
      await Promise.race([Promise.allSettled(sends), Bun.sleep(2_000)]);
      const behind = await rowsBehind(cluster);
      const killedMs = performance.now();
      if (killed === third) await killed.start();
      else await until("the dead node is swept", async () => (await rowsBehind(cluster)) === 0, 90_000);
      const left = await rowsBehind(cluster);
      console.log(
        `R16: ${behind} inbox rows were behind after kill -9 of a node; ${how}: ${left} after ${((performance.now() - killedMs) / 1000).toFixed(1)} s`,
      );
      expect(behind).toBeGreaterThan(0);
      expect(left).toBe(0);
      const [{ last_seq }] = await cluster.database.sql`
      select last_seq::int as last_seq from conversations where id = ${message.conversationId}`;
      await until("Ben is shown the newest", () => bens.inbox.get().conversations[0]?.lastSeq === last_seq);
    }
    const rows: { name: string }[] = await cluster.database.sql`select name from nodes order by name`;
    expect(rows.map((row) => row.name.split("/").at(-1))).toEqual(["node2", "node3"]);
    bens.stop();
  },
  180_000,
);

check(
  `nodes whose clocks are an hour ahead and an hour behind: tickets, limits, heartbeats and hints hold${why}`,
  async () => {
    await using cluster = await startCluster({
      nodes: 3,
      env: { SOTTO_LIMIT_SIGN_INS: "10", SOTTO_LIMIT_SENDS_PER_SECOND: "10" },
      bunArguments: ["--preload", join(import.meta.dir, "shifted-clock.ts")],
    });
    const [anna, ben] = await addTwo(cluster.database);
    await befriendAll(cluster.database.sql, [[anna, ben]]);
    for (const [index, hours] of [0, 1, -1].entries()) jump(cluster, index, hours);
    const urls = cluster.nodes.map((node) => node.url);
    let opened = 0;
    for (const minter of urls) {
      for (const opener of urls) {
        const path = `/v1/socket?ticket=${await ticketOf(minter, anna)}&version=1`;
        if ((await rawUpgrade(opener, { path })) === 101) opened += 1;
      }
    }
    const found = await countLimits(cluster, urls);
    using socket = await openSocket(urls[1] ?? "", ben);
    await must(urls[2] ?? "", anna, "messages.sendToPerson", {
      personId: ben.id,
      clientId: "1",
      text: "across two hours",
    });
    await until("the hint arrives", () => socket.events.some((event) => event.event === "message"));
    expect(found.sent).toBeGreaterThanOrEqual(10);
    // In mid-flight, the other way.
    for (const [index, hours] of [-1, 0, 1].entries()) jump(cluster, index, hours);
    await Bun.sleep(15_000);
    const [{ alive }] = await cluster.database.sql`
    select count(*)::int as alive from nodes where heartbeat_at > now() - interval '10 seconds'`;
    console.log(
      `clocks 0, +1 h and -1 h: ${opened} of 9 tickets opened across nodes, ${found.signInsTried} of 45 sign-ins tried, the next in ` +
        `${found.retryMinutes} min, ${found.sent} of 90 sends stored in ${found.sendMs} ms; ${alive} of 3 nodes alive after a second jump`,
    );
    expect(opened).toBe(9);
    expect(found.signInsTried).toBe(10);
    expect(found.retryMinutes).toBeLessThanOrEqual(15);
    expect(found.sent).toBeLessThanOrEqual(10 * (2 + Math.floor(found.sendMs / 1000)));
    expect(alive).toBe(3);
  },
  120_000,
);

function jump({ nodes }: Cluster, index: number, hours: number): void {
  const node = nodes[index];
  if (!node) throw new Error("no such node");
  writeFileSync(join(node.dataDir, "clock-offset-ms"), String(hours * 3_600_000));
  process.kill(node.pid(), "SIGUSR2");
}

/** Sign-ins with a wrong password, and sends of one person, spread evenly over the nodes. */
async function countLimits(cluster: Cluster, urls: readonly string[]) {
  const [anna, ben] = await addTwo(cluster.database);
  await befriendAll(cluster.database.sql, [[anna, ben]]);
  const { message } = await must(urls[0] ?? "", anna, "messages.sendToPerson", {
    personId: ben.id,
    clientId: "0",
    text: "0",
  });
  const spread = async <T>(count: number, work: (url: string, n: number) => Promise<T>) =>
    await Promise.all(Array.from({ length: count }, async (_, n) => await work(urls[n % urls.length] ?? "", n)));
  const signIns = await spread(45, async (url) =>
    call(url, null, "auth.signIn", { username: anna.username, password: "a wrong password" }),
  );
  const refused = signIns.flatMap((answer) => (answer.problem?.code === "rate_limited" ? [answer] : []));
  // By the time in the words: the node's own clock may be an hour off.
  const seconds = refused.map((answer) => Number(/in (\d+) s/.exec(answer.problem?.detail ?? "")?.[1] ?? Number.NaN));
  await Bun.sleep(1_100);
  const startedMs = performance.now();
  const { conversationId } = message;
  const sends = await spread(90, async (url, n) =>
    call(url, anna, "messages.send", { conversationId, clientId: `limit-${n}`, text: String(n) }),
  );
  return {
    signInsTried: signIns.length - refused.length,
    retryMinutes: Math.ceil(Math.max(...seconds) / 60),
    sent: sends.filter((answer) => answer.problem === null).length,
    sendMs: Math.round(performance.now() - startedMs),
  };
}

async function rowsBehind({ database: { sql } }: Cluster): Promise<number> {
  const [row] = await sql`
    select count(*)::int as n from inbox i join conversations c on c.id = i.conversation_id
    where i.last_seq <> c.last_seq or i.change <> c.last_change`;
  return row.n;
}

async function inboxIsWritten(cluster: Cluster): Promise<void> {
  await until("the inbox is written", async () => (await rowsBehind(cluster)) === 0);
}
