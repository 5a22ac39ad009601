import { closeSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { SQL } from "bun";
import type { EmbeddedHome } from "./embedded-home.ts";
import { databaseUser, postgresArguments, socketPort } from "./embedded-settings.ts";

/** What `postmaster.pid` says. Read only: the file is PostgreSQL's lock, and deleting it can cost the data. */
export interface Postmaster {
  pid: number;
  socketDir: string;
  status: string;
}

const logFileMaxBytes = 10 * 1024 * 1024;

export function readPostmaster(dataDir: string): Postmaster | undefined {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return { pid, socketDir: lines[4]?.trim() ?? "", status: lines[7]?.trim() ?? "" };
}

/** Alive, and somebody's we could signal. A number used again by a stranger is found out by `answers`. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether a server at this socket answers and serves this very cluster. */
export async function answers(options: { socketDir: string; dataDir: string }): Promise<boolean> {
  const sql = adminConnection(options.socketDir);
  try {
    const rows = (await sql`show data_directory`) as { data_directory: string }[];
    return rows[0]?.data_directory === options.dataDir;
  } catch {
    return false;
  } finally {
    await sql.close();
  }
}

/** One connection to the cluster's own `postgres` database. */
export function adminConnection(socketDir: string): SQL {
  return new SQL({
    adapter: "postgres",
    // Named so that nothing is taken from DATABASE_URL or PGHOST.
    url: "postgres://localhost/postgres",
    path: `${socketDir}/.s.PGSQL.${socketPort}`,
    username: databaseUser,
    database: "postgres",
    max: 1,
    connectionTimeout: 5,
  });
}

/**
 * Starts `postgres` in a session of its own, so that Ctrl-C at the terminal does not stop it before the server has
 * drained. Where `setpriv` exists, it stops by itself (a fast, clean shutdown) when this process is killed.
 */
export function spawnPostmaster(home: EmbeddedHome): Bun.Subprocess {
  const dieWithParent = Bun.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", "INT", "--"];
  const words = postgresArguments({ dataDir: home.dataDir, socketDir: home.socketDir });
  const output = openLog(home.logFile);
  try {
    return Bun.spawn([...dieWithParent, join(home.binaries, "bin/postgres"), ...words], {
      cwd: "/",
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
      stdin: "ignore",
      stdout: output,
      stderr: output,
      detached: true,
      ...home.user.ids,
    });
  } finally {
    closeSync(output);
  }
}

/** What the last start wrote, for an error that says why. */
export function logTail(home: EmbeddedHome): string {
  try {
    return readFileSync(home.logFile, "utf8").trim().split("\n").slice(-6).join("\n");
  } catch {
    return "";
  }
}

function openLog(path: string): number {
  try {
    if (statSync(path).size > logFileMaxBytes) renameSync(path, `${path}.1`);
  } catch {
    // No log yet.
  }
  return openSync(path, "a", 0o600);
}
