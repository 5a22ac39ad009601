import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase, type Database } from "../src/db/connect.ts";
import { databaseName, databaseUser, socketPort } from "../src/db/embedded-settings.ts";
import { readPostmaster } from "../src/db/postmaster.ts";

/** The real server with its own database, in processes of their own that a test can kill. */
export interface CrashServer {
  url: string;
  secret: string;
  process: Bun.Subprocess;
  postmasterPid(): number;
  /** A connection of the test's own, opened anew after each crash. */
  open(): Database;
}

/** `preload`: a module that runs before the server's own, for the planted bug. */
export async function startCrashServer(options: {
  dataDir: string;
  port: number;
  preload?: string;
}): Promise<CrashServer> {
  const { dataDir, port, preload } = options;
  const main = join(import.meta.dir, "../src/main.ts");
  const child = Bun.spawn([process.execPath, ...(preload === undefined ? [] : ["--preload", preload]), main], {
    env: {
      PATH: process.env["PATH"] ?? "",
      SOTTO_DATA: dataDir,
      SOTTO_PORT: String(port),
      SOTTO_LIMIT_SENDS_PER_SECOND: "1000000",
    },
    stdout: "ignore",
    stderr: "ignore",
  });
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child);
  const postmaster = () => readPostmaster(join(dataDir, "postgres"));
  return {
    url,
    secret: (await readFile(join(dataDir, "secret"), "utf8")).trim(),
    process: child,
    postmasterPid: () => postmaster()?.pid ?? 0,
    open: () =>
      openDatabase(
        {
          is: "socket",
          socketDir: postmaster()?.socketDir ?? "",
          port: socketPort,
          user: databaseUser,
          database: databaseName,
        },
        { max: 2 },
      ),
  };
}

/** Answers `/readyz`, which also asks the database. */
export async function ready(url: string, child: Bun.Subprocess, mostMs = 60_000): Promise<void> {
  const giveUpMs = Date.now() + mostMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const status = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    if (Date.now() > giveUpMs) throw new Error("the server did not become ready");
    await Bun.sleep(50);
  }
}

export function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}
