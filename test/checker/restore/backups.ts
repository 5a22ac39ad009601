import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { openDatabase, type Database } from "../../../apps/server/src/db/connect.ts";
import { startEmbeddedPostgres } from "../../../apps/server/src/db/embedded-postgres.ts";
import { silentLog } from "../../../apps/server/src/log.ts";

/** Backups of a running server, and what the last of them is worth, by the commands that an operator has. */
export interface Backups {
  take(): Promise<void>;
  /** Of the last one, restored into a folder of its own with the erasure ledger as it is now. Null when none was taken. */
  restoreLast(): Promise<RestoredPlace | null>;
}

export interface RestoredPlace extends AsyncDisposable {
  database: Database;
  blobsDir: string;
  /** What was acknowledged before this has to be in it. */
  begunMs: number;
}

const cli = join(import.meta.dir, "../../../apps/server/src/cli/main.ts");
const key = "a key for the checker's backups, and for nothing else";

export function backupsOf({ dataDir, dir }: { dataDir: string; dir: string }): Backups {
  let last: { path: string; begunMs: number } | null = null;
  let made = 0;
  return {
    async take() {
      const path = join(dir, `backup-${(made += 1)}`);
      const begunMs = performance.now();
      await run(["backup", path], dataDir);
      last = { path, begunMs };
    },
    async restoreLast() {
      if (last === null) return null;
      const { path, begunMs } = last;
      last = null;
      const restoredDir = `${path}-restored`;
      mkdirSync(restoredDir);
      cpSync(join(dataDir, "erasures"), join(restoredDir, "erasures"), { recursive: true });
      await run(["restore", path], restoredDir);
      return { ...(await openRestored(restoredDir)), begunMs };
    },
  };
}

async function run(words: string[], dataDir: string): Promise<void> {
  const { PATH = "", HOME = "" } = process.env;
  const child = Bun.spawn([process.execPath, cli, ...words], {
    env: { PATH, HOME, SOTTO_DATA: dataDir, SOTTO_BACKUP_KEY: key },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, complained] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(`${words[0]}: ${said}${complained}`.trim());
}

async function openRestored(dataDir: string): Promise<Omit<RestoredPlace, "begunMs">> {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  const { socketDir, port, user, database: name } = server;
  const database = openDatabase({ is: "socket", socketDir, port, user, database: name }, { max: 2 });
  return {
    database,
    blobsDir: join(dataDir, "blobs"),
    async [Symbol.asyncDispose]() {
      await database.close();
      await server.stop();
    },
  };
}
