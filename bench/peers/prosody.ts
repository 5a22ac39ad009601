import { chownSync, mkdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { databaseUser } from "../../apps/server/src/db/embedded-user.ts";
import { freePort, startPeerDatabase } from "./database.ts";
import { spawnPeer } from "./spawn.ts";
import type { PeerSubject, StartOptions } from "./subject.ts";
import { waitForPort } from "./wait-for-port.ts";

const password = "bench";

/** Debian's Prosody from `prosody.cfg.lua`. It makes its tables itself; its accounts are files of its own format. */
export async function startProsody({ folder, people }: StartOptions): Promise<PeerSubject> {
  const database = await startPeerDatabase({ folder, name: "prosody" });
  const users = Array.from({ length: people }, (_, index) => `p${index}`);
  const port = await freePort();
  const child = await startLua({ folder, port, database, users });
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
      const rows: { count: number }[] = await database.sql`select count(*)::float8 as count from prosodyarchive`;
      // One row in the sender's archive, one in the receiver's.
      return (rows[0]?.count ?? 0) / 2;
    },
    stop,
  };
}

async function startLua(options: {
  folder: string;
  port: number;
  database: { socketDir: string; port: number };
  users: readonly string[];
}): Promise<Bun.Subprocess> {
  const { ids } = databaseUser();
  const data = join(options.folder, "prosody");
  const accounts = join(data, "localhost", "accounts");
  mkdirSync(accounts, { recursive: true });
  await Promise.all(
    options.users.map((user) =>
      writeFile(join(accounts, `${user}.dat`), `return { ["password"] = "${password}"; };\n`),
    ),
  );
  if (ids) for (const path of [data, join(data, "localhost"), accounts]) chownSync(path, ids.uid, ids.gid);
  const template = await readFile(new URL("./prosody.cfg.lua", import.meta.url).pathname, "utf8");
  const config = join(options.folder, "prosody.cfg.lua");
  await writeFile(
    config,
    template
      .replaceAll("DATA@", data)
      .replace("SOCKET@", options.database.socketDir)
      .replace("DATABASE_PORT@", String(options.database.port))
      .replace("PORT@", String(options.port)),
  );
  return spawnPeer(["prosody", "-F", "--config", config], {
    cwd: data,
    env: { HOME: data },
    logFile: join(options.folder, "prosody.log"),
    deathSignal: "KILL",
  });
}
