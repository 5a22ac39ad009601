import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase, type Database } from "../src/db/connect.ts";
import { databaseName, databaseUser, socketPort } from "../src/db/embedded-settings.ts";
import { readPostmaster } from "../src/db/postmaster.ts";
import { freePort, ready } from "./crash-server.ts";

/** The program with its own database, and what it wrote into its log. */
export interface LoggedServer extends AsyncDisposable {
  url: string;
  /** A connection of the test's own. */
  open(): Database;
  postmasterPid(): number | undefined;
  log(): LogLine[];
  /** The log as it stands in the file. */
  logText(): string;
}

export interface LogLine {
  level: number;
  msg: string;
}

export async function startLoggedServer(options: {
  dataDir: string;
  env?: Record<string, string>;
}): Promise<LoggedServer> {
  const { dataDir, env } = options;
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const logDir = mkdtempSync(join(tmpdir(), "sotto-log-"));
  const logFile = join(logDir, "log");
  const program = [process.execPath, join(import.meta.dir, "../src/main.ts")];
  const child = Bun.spawn(["/bin/sh", "-c", 'exec "$@" >>"$0" 2>&1', logFile, ...program], {
    env: {
      PATH: process.env["PATH"] ?? "",
      SOTTO_DATA: dataDir,
      SOTTO_PORT: String(port),
      SOTTO_LIMIT_SENDS_PER_SECOND: "1000000",
      ...env,
    },
    stdout: "ignore",
    stderr: "ignore",
  });
  const stop = async () => {
    child.kill("SIGTERM");
    await child.exited;
    rmSync(logDir, { recursive: true });
  };
  const logText = () => readFileSync(logFile, "utf8");
  try {
    await ready(url, child);
  } catch (error) {
    const text = logText();
    await stop();
    throw new Error(`the server did not start: ${text}`, { cause: error });
  }
  const postmaster = () => readPostmaster(join(dataDir, "postgres"));
  return {
    url,
    open: () => {
      const where = { port: socketPort, user: databaseUser, database: databaseName };
      return openDatabase({ is: "socket", socketDir: postmaster()?.socketDir ?? "", ...where }, { max: 2 });
    },
    postmasterPid: () => postmaster()?.pid,
    log: () => {
      const lines = logText().split("\n");
      return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as LogLine);
    },
    logText,
    [Symbol.asyncDispose]: stop,
  };
}
