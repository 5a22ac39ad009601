import { chownSync, mkdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { databaseUser } from "../../apps/server/src/db/embedded-user.ts";
import { freePort, startPeerDatabase } from "./database.ts";
import { spawnPeer } from "./spawn.ts";
import type { PeerSubject, StartOptions } from "./subject.ts";
import { waitForPort } from "./wait-for-port.ts";

const schema = "/usr/share/ejabberd/sql/pg.sql";
const password = "bench";

/**
 * Debian's ejabberd from `ejabberd.yml`, with its schema and its accounts written by SQL. Started as `ejabberdctl` starts
 * it, but for the node's name: nothing else has to find it, and so no `epmd` stays behind.
 */
export async function startEjabberd({ folder, people }: StartOptions): Promise<PeerSubject> {
  const database = await startPeerDatabase({ folder, name: "ejabberd" });
  const users = Array.from({ length: people }, (_, index) => `p${index}`);
  await database.sql.file(schema);
  await database.sql`
    insert into users (username, password)
    select u, ${password} from unnest(${database.sql.array(users, "TEXT")}) u`;
  const port = await freePort();
  const child = await startBeam({ folder, port, databasePort: database.port });
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
    await database.stop();
  };
  try {
    await waitForPort(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pids: { servers: [child.pid], database: database.pid },
    serverPid: child.pid,
    accounts: (from, to) => ({ protocol: "xmpp", port, domain: "localhost", users: users.slice(from, to), password }),
    answers: false,
    async archived() {
      const rows: { count: number }[] = await database.sql`select count(*)::float8 as count from archive`;
      // One row in the sender's archive, one in the receiver's.
      return (rows[0]?.count ?? 0) / 2;
    },
    stop,
  };
}

async function startBeam(options: { folder: string; port: number; databasePort: number }): Promise<Bun.Subprocess> {
  const { ids } = databaseUser();
  const home = join(options.folder, "ejabberd");
  mkdirSync(home, { recursive: true });
  if (ids) chownSync(home, ids.uid, ids.gid);
  const template = await readFile(new URL("./ejabberd.yml", import.meta.url).pathname, "utf8");
  const config = join(options.folder, "ejabberd.yml");
  await writeFile(
    config,
    template.replace("DATABASE_PORT@", String(options.databasePort)).replace("PORT@", String(options.port)),
  );
  const flags = ["+K", "true", "+P", "250000", ...noBusyWait.split(" ")];
  return spawnPeer(["erl", ...flags, "-noinput", "-mnesia", "dir", `"${home}"`, "-s", "ejabberd"], {
    cwd: home,
    env: {
      HOME: home,
      ERL_LIBS: "/usr/lib/x86_64-linux-gnu",
      ERL_MAX_PORTS: "32000",
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(home, "ejabberd.log"),
      ERL_CRASH_DUMP: join(home, "crash.dump"),
    },
    logFile: join(options.folder, "ejabberd.log"),
    deathSignal: "KILL",
  });
}

/** A scheduler that spins while it waits takes the core from the database beside it. */
const noBusyWait = "+sbwt none +sbwtdcpu none +sbwtdio none";
