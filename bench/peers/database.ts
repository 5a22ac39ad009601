import { createServer } from "node:net";
import { join } from "node:path";
import { SQL } from "bun";
import { assertFit } from "../../apps/server/src/db/assert-fit.ts";
import { ensureCluster } from "../../apps/server/src/db/embedded-cluster.ts";
import { embeddedHome } from "../../apps/server/src/db/embedded-home.ts";
import { databaseUser as roleName, postgresArguments } from "../../apps/server/src/db/embedded-settings.ts";
import { databaseUser } from "../../apps/server/src/db/embedded-user.ts";
import { silentLog } from "../../apps/server/src/log.ts";
import { spawnPeer } from "./spawn.ts";

/** PostgreSQL for a peer: our binaries and our settings, on the first core, and listening on loopback as well. */
export interface PeerDatabase {
  pid: number;
  socketDir: string;
  /** Of TCP, and in the name of the socket's file. */
  port: number;
  sql: SQL;
  stop(): Promise<void>;
}

/** `name`: the peer's database, made empty. */
export async function startPeerDatabase(options: { folder: string; name: string }): Promise<PeerDatabase> {
  const home = await embeddedHome({ folder: options.folder, user: databaseUser(), log: silentLog() });
  await ensureCluster(home, silentLog());
  const port = await freePort();
  const ours = postgresArguments({ dataDir: home.dataDir, socketDir: home.socketDir });
  // Of a setting that is named twice, PostgreSQL takes the last.
  const words = [...ours, "-c", "listen_addresses=127.0.0.1", "-c", `port=${port}`];
  const child = spawnPeer([join(home.binaries, "bin/postgres"), ...words], {
    cwd: "/",
    env: { LC_ALL: "C" },
    logFile: join(options.folder, "postgres.log"),
    deathSignal: "INT",
  });
  const stop = async () => {
    child.kill("SIGINT");
    await child.exited;
  };
  try {
    const sql = await makeDatabase({ path: `${home.socketDir}/.s.PGSQL.${port}`, name: options.name, child });
    return {
      pid: child.pid,
      socketDir: home.socketDir,
      port,
      sql,
      stop: async () => {
        await sql.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeDatabase(options: { path: string; name: string; child: Bun.Subprocess }): Promise<SQL> {
  const { path, name, child } = options;
  for (;;) {
    const admin = open(path, "postgres");
    try {
      await admin.unsafe(`create database ${name}`);
      break;
    } catch (error) {
      if (child.exitCode !== null) throw new Error("the peer's database ended", { cause: error });
      await Bun.sleep(100);
    } finally {
      await admin.close();
    }
  }
  const sql = open(path, name);
  // As durable as ours: an archive that could forget would be no peer.
  await assertFit(sql);
  return sql;
}

function open(path: string, database: string): SQL {
  return new SQL({
    adapter: "postgres",
    url: `postgres://localhost/${database}`,
    path,
    username: roleName,
    database,
    max: 1,
    connectionTimeout: 5,
  });
}

/** Free a moment ago; nobody else on the machine is asked to keep off. */
export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    server.close(() => resolve(port));
  });
  return await promise;
}
