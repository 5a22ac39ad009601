import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase, type Database } from "../../apps/server/src/db/connect.ts";
import { databaseName, databaseUser, socketPort } from "../../apps/server/src/db/embedded-settings.ts";
import { startEmbeddedPostgres } from "../../apps/server/src/db/embedded-postgres.ts";
import { silentLog } from "../../apps/server/src/log.ts";
import { pinned, waitForLine } from "./processes.ts";

/** The real server in a process of its own, on the first core with its database. */
export interface BenchServer {
  /** `ws://127.0.0.1:…` */
  socketUrl: string;
  secret: string;
  pid: number;
  pids: { server: number; database: number };
  database: Database;
  stop(): Promise<void>;
}

/** Limits are raised, never passed by: the limiter runs for every send. */
export const raised = {
  SOTTO_LIMIT_SENDS_PER_SECOND: "1000000",
  SOTTO_LIMIT_STRANGERS_PER_DAY: "1000000",
};

/** `profileDir`: where a CPU profile of the server goes when it stops. */
export async function startServer(
  dataDir: string,
  { profileDir }: { profileDir?: string | undefined } = {},
): Promise<BenchServer> {
  const flags = profileDir === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profileDir];
  const main = new URL("../../apps/server/src/main.ts", import.meta.url).pathname;
  const child = Bun.spawn(pinned(0, [process.execPath, ...flags, main]), {
    env: { ...process.env, ...raised, SOTTO_PORT: "0", SOTTO_DATA: dataDir },
    stdout: "pipe",
    stderr: "inherit",
  });
  const [, url = ""] = await waitForLine(child, /open (http:\/\/[^\s"]+)/);
  // It runs already: this finds it.
  const embedded = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  const { socketDir } = embedded;
  const database = openDatabase(
    { is: "socket", socketDir, port: socketPort, user: databaseUser, database: databaseName },
    { max: 2 },
  );
  return {
    socketUrl: url.replace("http", "ws"),
    secret: (await readFile(join(dataDir, "secret"), "utf8")).trim(),
    pid: child.pid,
    pids: { server: child.pid, database: embedded.pid },
    database,
    async stop() {
      await database.close();
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}
