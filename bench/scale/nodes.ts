import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { noBroker } from "../../apps/server/test/nats-kit.ts";
import { freePort, startPeerDatabase, type PeerDatabase } from "../peers/database.ts";
import { waitForPort } from "../peers/wait-for-port.ts";
import { pinned, waitForLine } from "../send/processes.ts";
import { seedPairs } from "../send/seed.ts";
import { raised } from "../send/server.ts";
import { measurePoint, sottoAccounts, type ScalePoint, type ScaleShape } from "./measure.ts";

const people = 200;
const secret = "a secret for benchmarks, long enough to be one";

/** Why the curve cannot be drawn here; null when it can. */
export function whyNoNodes(): string | null {
  return noBroker;
}

/**
 * Cost per message against the nodes, with a broker between them. The two of each pair are on different nodes, so that every
 * message crosses; all processes share one core, as what is measured is what a message costs and not how many there are.
 */
export async function nodesCurve(folder: string, counts: readonly number[], shape: ScaleShape): Promise<ScalePoint[]> {
  const points: ScalePoint[] = [];
  for (const count of counts) {
    await using cluster = await startCluster(join(folder, `nodes-${count}`), count);
    const places = await seedPairs(cluster.database.sql, secret, people);
    const point = await measurePoint({
      at: count,
      accounts: sottoAccounts(cluster.urls, places),
      pids: { servers: cluster.pids, database: cluster.database.pid },
      load: { senders: people, outstanding: 4, closesOn: { receivers: 1 } },
      shape,
    });
    points.push(point);
  }
  return points;
}

interface Cluster extends AsyncDisposable {
  urls: string[];
  /** Of the nodes and the broker. */
  pids: number[];
  database: PeerDatabase;
}

/** The first node has every role; the others are gateways. */
async function startCluster(folder: string, count: number): Promise<Cluster> {
  await mkdir(folder, { recursive: true });
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  try {
    const database = await startPeerDatabase({ folder, name: "sotto" });
    stops.push(database.stop);
    const broker = await startBroker();
    stops.push(broker.stop);
    const env = {
      ...raised,
      SOTTO_SECRET: secret,
      DATABASE_URL: `postgres://sotto@127.0.0.1:${database.port}/sotto`,
      NATS_URL: broker.url,
      SOTTO_LEDGER: join(folder, "erasures"),
      // Three nodes share what the database's settings allow.
      SOTTO_DATABASE_CONNECTIONS: "10",
    };
    const nodes: Running[] = [];
    for (let index = 0; index < count; index += 1) {
      const roles = index === 0 ? "api,gateway,worker" : "gateway";
      const node = await startNode({ ...env, SOTTO_ROLES: roles, SOTTO_DATA: join(folder, `node-${index}`) });
      nodes.push(node);
      stops.push(node.stop);
    }
    return {
      urls: nodes.map(({ url }) => url.replace("http", "ws")),
      pids: [broker.pid, ...nodes.map(({ pid }) => pid)],
      database,
      [Symbol.asyncDispose]: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

interface Running {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

async function startBroker(): Promise<Running> {
  const port = await freePort();
  const program = Bun.which("nats-server", { PATH: `${process.env["PATH"]}:/usr/sbin` }) ?? "nats-server";
  const child = Bun.spawn(pinned(0, [program, "-a", "127.0.0.1", "-p", String(port)]), {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const broker = { url: `nats://127.0.0.1:${port}`, pid: child.pid, stop: async () => await end(child) };
  try {
    await waitForPort(port, child);
    return broker;
  } catch (error) {
    await broker.stop();
    throw error;
  }
}

async function startNode(env: Record<string, string>): Promise<Running> {
  const main = new URL("../../apps/server/src/main.ts", import.meta.url).pathname;
  const child = Bun.spawn(pinned(0, [process.execPath, main]), {
    env: { ...process.env, ...env, SOTTO_PORT: "0" },
    stdout: "pipe",
    stderr: "inherit",
  });
  const [, url = ""] = await waitForLine(child, /open (http:\/\/[^\s"]+)/);
  return { url, pid: child.pid, stop: async () => await end(child) };
}

async function end(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGTERM");
  await child.exited;
}
