import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../../apps/server/src/db/connect.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../../apps/server/src/db/embedded-postgres.ts";
import { answers } from "../../../apps/server/src/db/postmaster.ts";
import { silentLog } from "../../../apps/server/src/log.ts";
import { freePort } from "../../../apps/server/test/crash-server.ts";
import { cutLine } from "../../../apps/server/test/cut-line.ts";
import { startBroker, type Broker } from "../../../apps/server/test/nats-kit.ts";
import type { Cluster, Node } from "./cluster.ts";
import { makeNode } from "./node.ts";

const nodeCount = 3;

/** Three servers on one database and one broker, each behind lines of its own; photos lie in a folder that they share. */
export async function startThreeNodes(options: {
  preloads: readonly string[];
  /** The folder is left where it lies, and `say` says where. */
  keep: boolean;
  say: (words: string) => void;
}): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), "sotto-check-"));
  chmodSync(dir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: join(dir, "database"), log: silentLog() });
  const broker = await startBroker();
  const nodes: (Node & AsyncDisposable)[] = [];
  const stop = async () => {
    for (const { databaseLine, brokerLine } of nodes) for (const line of [databaseLine, brokerLine]) line?.open();
    await Promise.all(nodes.map(async (node) => await node[Symbol.asyncDispose]()));
    for (const { databaseLine, brokerLine } of nodes)
      for (const line of [databaseLine, brokerLine]) await line?.[Symbol.asyncDispose]();
    await broker[Symbol.asyncDispose]();
    await postgres.stop();
    if (options.keep) return options.say(`left in ${dir}`);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    // One after the other: the first one makes the tables.
    for (let n = 1; n <= nodeCount; n += 1) {
      const node = await makeClusterNode({ dir, name: `node${n}`, postgres, broker, preloads: options.preloads });
      nodes.push(node);
      await node.start();
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const { socketDir, port, user, database } = postgres;
  return {
    nodes,
    database: {
      postmasterPid: () => postgres.pid,
      ensure: async () => {
        while (!(await answers({ socketDir, dataDir: join(dir, "database/postgres") }))) await Bun.sleep(50);
        await Promise.all(nodes.map(async (node) => await node.ready()));
      },
    },
    broker,
    open: () => openDatabase({ is: "socket", socketDir, port, user, database }, { max: 2 }),
    blobsDir: join(dir, "blobs"),
    logFiles: nodes.map(({ name }) => join(dir, `${name}.log`)),
    [Symbol.asyncDispose]: stop,
  };
}

async function makeClusterNode(options: {
  dir: string;
  name: string;
  postgres: EmbeddedPostgres;
  broker: Broker;
  preloads: readonly string[];
}): Promise<Node & AsyncDisposable> {
  const { dir, name, postgres, broker, preloads } = options;
  const database = await cutLine(`unix:${postgres.socketDir}/.s.PGSQL.${postgres.port}`);
  const brokerLine = await cutLine(`http://${broker.host}:${broker.port}`);
  const env = {
    SOTTO_DATA: dataDirOf(dir, name),
    SOTTO_LEDGER: join(dir, "erasures"),
    SOTTO_SECRET: "a secret for the checker, long enough to be one",
    SOTTO_DRAIN_SECONDS: "1",
    SOTTO_DATABASE_CONNECTIONS: "6",
    DATABASE_URL: `postgres://${postgres.user}@${new URL(database.url).host}/${postgres.database}?sslmode=disable`,
    NATS_URL: `nats://${new URL(brokerLine.url).host}`,
  };
  return await makeNode({ name, port: freePort(), dir, env, preloads, lines: { database, broker: brokerLine } });
}

/** A folder of its own for each node, with what belongs to all of them in one that they share. */
function dataDirOf(dir: string, name: string): string {
  const dataDir = join(dir, name);
  mkdirSync(dataDir, { recursive: true });
  for (const shared of ["blobs", "quarantine", "erasures"]) {
    mkdirSync(join(dir, shared), { recursive: true });
    symlinkSync(join(dir, shared), join(dataDir, shared));
  }
  return dataDir;
}
