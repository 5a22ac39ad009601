import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Role } from "../src/config-cluster.ts";
import type { Database } from "../src/db/connect.ts";
import { testDatabase } from "../src/test-database.ts";
import { startBalancer } from "./balancer.ts";
import { ready } from "./crash-server.ts";
import { cutLine, type CutLine } from "./cut-line.ts";
import type { Network } from "./network-kit.ts";
import { freePort, startBroker, type Broker } from "./nats-kit.ts";

/**
 * Several real servers, a real broker, and one database, each node reaching the two over lines that a test can cut. `url` is
 * a balancer's, which gives new connections to nodes that say they are ready.
 */
export interface Cluster extends AsyncDisposable {
  url: string;
  nodes: ClusterNode[];
  broker: Broker;
  database: Database;
  databaseUrl: string;
  secret: string;
  stop(): Promise<void>;
}

export interface ClusterNode {
  url: string;
  name: string;
  pid(): number;
  dataDir: string;
  logFile: string;
  /** `kill -9`, and start again by `start`. */
  kill(): Promise<void>;
  /** SIGTERM: it drains. Resolves when it is gone. */
  stop(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** `silently`: connections stay open and carry nothing; otherwise they break, and new ones are refused. */
  cutBroker(options?: { silently?: boolean }): void;
  cutDatabase(options?: { silently?: boolean }): void;
  /** Both lines carry everything again. */
  heal(): void;
}

export interface ClusterOptions {
  /** How many, or the roles of each. */
  nodes: number | readonly (readonly Role[])[];
  /** For every node, on top of what the kit sets. */
  env?: Record<string, string>;
  /** Each node and the broker are hosts of this network; a cut from the broker is a cable pulled. */
  network?: Network;
  /** Where the servers' program is; a planted bug has its own. */
  main?: string;
  /** For `bun`, before the program: `--preload`, a planted bug. */
  bunArguments?: readonly string[];
}

const secret = "a secret for tests, long enough to be one";

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), "sotto-cluster-"));
  const database = await testDatabase({ max: 4 });
  const brokerHost = options.network?.addHost();
  const broker = await startBroker(brokerHost && { host: brokerHost.brokerSide, run: brokerHost.run });
  const roles = typeof options.nodes === "number" ? Array.from({ length: options.nodes }, () => null) : options.nodes;
  const nodes = await Promise.all(
    roles.map((own, index) => startNode({ ...options, dir, database, broker, roles: own, name: `node${index + 1}` })),
  );
  const balancer = startBalancer(nodes.map((node, index) => ({ url: node.url, roles: roles[index] ?? null })));
  await balancer.settled();
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      balancer.stop();
      for (const node of nodes) node.heal();
      await Promise.all(nodes.map((node) => node.close()));
      await broker[Symbol.asyncDispose]();
      await database.close();
      rmSync(dir, { recursive: true, force: true });
    })());
  return {
    url: balancer.url,
    nodes,
    broker,
    database,
    databaseUrl: nodes[0]?.databaseUrl ?? "",
    secret,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

interface NodeOptions extends Omit<ClusterOptions, "nodes"> {
  dir: string;
  database: Database;
  broker: Broker;
  roles: readonly Role[] | null;
  name: string;
}

type StartedNode = ClusterNode & { databaseUrl: string; close(): Promise<void> };

async function startNode(options: NodeOptions): Promise<StartedNode> {
  const { dir, name, broker } = options;
  const host = options.network?.addHost();
  const { line: databaseLine, url: databaseUrl } = await databaseLineOf(options.database, options.network?.address);
  const brokerLine = await cutLine(`http://${broker.host}:${broker.port}`);
  const port = freePort();
  const url = `http://${host?.address ?? "127.0.0.1"}:${port}`;
  const logFile = join(dir, `${name}.log`);
  const dataDir = dataDirOf(dir, name);
  const env = {
    SOTTO_DATA: dataDir,
    SOTTO_LEDGER: join(dir, "erasures"),
    SOTTO_PORT: String(port),
    SOTTO_HOST: host?.address ?? "127.0.0.1",
    SOTTO_SECRET: secret,
    SOTTO_LOG: "info",
    SOTTO_DRAIN_SECONDS: "1",
    SOTTO_DATABASE_CONNECTIONS: "6",
    SOTTO_LIMIT_SENDS_PER_SECOND: "1000000",
    SOTTO_LIMIT_SIGN_UPS_PER_HOUR: "1000000",
    DATABASE_URL: databaseUrl,
    NATS_URL: host ? broker.url : `nats://${new URL(brokerLine.url).host}`,
    ...(options.roles && { SOTTO_ROLES: options.roles.join(",") }),
    ...options.env,
  };
  let running: Bun.Subprocess | undefined;
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    running?.kill(signal);
    await running?.exited;
  };
  const start = async () => {
    running = spawnServer({ ...options, env, logFile, run: host?.run ?? [] });
    await ready(url, running);
  };
  await start();
  return {
    url,
    name,
    dataDir,
    logFile,
    databaseUrl,
    pid: () => running?.pid ?? 0,
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    start,
    async restart() {
      await end("SIGTERM");
      await start();
    },
    cutBroker: (how = {}) => (host ? host.pullBrokerCable() : cut(brokerLine, how)),
    cutDatabase: (how = {}) => cut(databaseLine, how),
    heal() {
      host?.plugBrokerCable();
      for (const line of [brokerLine, databaseLine]) mend(line);
    },
    async close() {
      // The end of a test waits for no drain.
      await end("SIGKILL");
      await Promise.all([brokerLine, databaseLine].map((line) => line[Symbol.asyncDispose]()));
    },
  };
}

function spawnServer(
  options: Pick<ClusterOptions, "main" | "bunArguments"> & {
    env: Record<string, string>;
    logFile: string;
    run: readonly string[];
  },
): Bun.Subprocess {
  const { main = join(import.meta.dir, "../src/main.ts"), bunArguments = [], env, logFile, run } = options;
  const { PATH = "", HOME = "" } = process.env;
  const command = [...run, process.execPath, ...bunArguments, main];
  return Bun.spawn(["/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', logFile, ...command], {
    env: { PATH, HOME, ...env },
    stdout: "ignore",
    stderr: "ignore",
  });
}

/** A folder of its own for each node, with the photos in one that all share. */
function dataDirOf(dir: string, name: string): string {
  const dataDir = join(dir, name);
  mkdirSync(dataDir, { recursive: true });
  for (const shared of ["blobs", "quarantine"]) {
    mkdirSync(join(dir, shared), { recursive: true });
    symlinkSync(join(dir, shared), join(dataDir, shared));
  }
  return dataDir;
}

/** The test's database listens on a Unix socket; nodes reach it over TCP, as they would another machine's. */
export async function databaseLineOf(database: Database, host = "127.0.0.1"): Promise<{ line: CutLine; url: string }> {
  const { pgConfig } = database;
  if (!("host" in pgConfig)) throw new Error("the test database has a socket");
  const line = await cutLine(`unix:${pgConfig.host}/.s.PGSQL.${pgConfig.port}`, { host });
  return { line, url: `postgres://${pgConfig.user}@${new URL(line.url).host}/${pgConfig.database}?sslmode=disable` };
}

function cut(line: CutLine, { silently = false }: { silently?: boolean }): void {
  if (silently) line.stall();
  else line.block();
}

function mend(line: CutLine): void {
  line.open();
  line.flow();
}
