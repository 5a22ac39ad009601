import { realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Log } from "../log.ts";
import { DiskRoom } from "./disk-room.ts";
import { ensureCluster } from "./embedded-cluster.ts";
import { embeddedHome, type EmbeddedHome } from "./embedded-home.ts";
import { databaseName, databaseUser as roleName, socketPort } from "./embedded-settings.ts";
import { databaseUser } from "./embedded-user.ts";
import { adminConnection, answers, isAlive, logTail, readPostmaster, spawnPostmaster } from "./postmaster.ts";

export interface EmbeddedPostgres {
  socketDir: string;
  port: number;
  user: string;
  database: string;
  /** Of the postmaster now running: it changes when one that died was started again. */
  readonly pid: number;
  /** A clean stop: ends the connections, writes everything out, waits for the process to be gone. */
  stop(): Promise<void>;
}

/** Recovery after a crash counts in, and may have 4 GB of log to replay. */
const startTimeoutMs = 300_000;
const silentTimeoutMs = 20_000;
const stopTimeoutMs = 60_000;
const lockPollMs = 250;
const watchMs = 500;
const diskEveryRounds = 10;
const fullPauseMs = 1_000;

/**
 * PostgreSQL from an npm package, under a data folder. A server that is still there from a run that was killed is taken
 * over; one that dies while we run is started again, and recovers by itself.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  log: Log;
  /** For a tool beside the server: one that is running already is used, and left running. */
  leaveRunning?: boolean;
}): Promise<EmbeddedPostgres> {
  const { log } = options;
  const folder = resolve(options.dataDir);
  await mkdir(folder, { recursive: true });
  const home = await embeddedHome({ folder: realpathSync(folder), user: databaseUser(), log });
  await ensureCluster(home, log);
  const { pid, taken } = await attachOrStart(home);
  await ensureDatabase(home);
  const where = { socketDir: home.socketDir, port: socketPort, user: roleName, database: databaseName };
  if (taken && options.leaveRunning) return { ...where, pid, stop: async () => {} };
  return keepRunning({ home, log, pid, where });
}

type Where = Pick<EmbeddedPostgres, "socketDir" | "port" | "user" | "database">;

function keepRunning(options: { home: EmbeddedHome; log: Log; pid: number; where: Where }): EmbeddedPostgres {
  const { home, log, where } = options;
  let { pid } = options;
  let stopping = false;
  const watch = watchPostmaster({
    home,
    log,
    room: new DiskRoom(home.dataDir, log),
    pid: () => pid,
    restarted: (fresh) => (pid = fresh),
    stopping: () => stopping,
  });
  return {
    ...where,
    get pid() {
      return pid;
    },
    async stop() {
      stopping = true;
      await watch.end();
      await stopPostmaster(pid);
    },
  };
}

/** Returns the pid of a server that answers for this cluster, and whether it was there before. */
async function attachOrStart(home: EmbeddedHome): Promise<{ pid: number; taken: boolean }> {
  const deadline = Date.now() + startTimeoutMs;
  let silentSince: number | undefined;
  while (Date.now() < deadline) {
    const found = readPostmaster(home.dataDir);
    if (found && isAlive(found.pid) && (await isOurs(home))) return { pid: found.pid, taken: true };
    const started = await startOnce(home, deadline);
    if (started !== undefined) return { pid: started, taken: false };
    // Somebody holds the lock. Starting, recovering and stopping may take their time; being ready and silent may not.
    silentSince = found?.status === "ready" ? (silentSince ?? Date.now()) : undefined;
    if (silentSince !== undefined && Date.now() - silentSince > silentTimeoutMs) throw heldLock(home);
    await Bun.sleep(lockPollMs);
  }
  throw new Error(`The database did not start. ${home.logFile} ends with:\n${logTail(home)}`);
}

/** Undefined when an earlier postmaster still holds the lock or its memory: it goes away within seconds. */
async function startOnce(home: EmbeddedHome, deadline: number): Promise<number | undefined> {
  const child = spawnPostmaster(home);
  child.unref();
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const why = logTail(home);
      if (/lock file .* already exists|pre-existing shared memory block/.test(why)) return undefined;
      throw new Error(`The database stopped while starting. ${home.logFile} ends with:\n${why}`);
    }
    if (readPostmaster(home.dataDir)?.status === "ready" && (await isOurs(home))) return child.pid;
    await Bun.sleep(10);
  }
  return undefined;
}

/** Deleting the lock is left to a person: done while a server is still there, it destroys the data. */
function heldLock(home: EmbeddedHome): Error {
  const pid = readPostmaster(home.dataDir)?.pid;
  return new Error(
    `${home.dataDir}/postmaster.pid says that process ${pid} serves this database, and it does not answer. ` +
      `If that process is not PostgreSQL, remove the file; else stop it.`,
  );
}

function isOurs(home: EmbeddedHome): Promise<boolean> {
  return answers({ socketDir: home.socketDir, dataDir: home.dataDir });
}

async function ensureDatabase(home: EmbeddedHome): Promise<void> {
  const sql = adminConnection(home.socketDir);
  try {
    const rows = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (rows.length === 0) await sql.unsafe(`create database ${databaseName}`);
  } finally {
    await sql.close();
  }
}

interface Watch {
  home: EmbeddedHome;
  log: Log;
  room: DiskRoom;
  pid(): number;
  restarted(pid: number): void;
  stopping(): boolean;
}

/**
 * Looks whether the postmaster is alive: it may not be our child, when it was taken over. On a full disk it ends by itself, and
 * cannot start: it is tried until it does.
 */
function watchPostmaster(watch: Watch): { end(): Promise<void> } {
  let checking = Promise.resolve();
  let round = 0;
  const timer = setInterval(() => {
    round += 1;
    const lookAtDisk = round % diskEveryRounds === 0;
    checking = checking.then(async () => {
      if (lookAtDisk) await watch.room.look();
      await restartIfGone(watch);
    });
  }, watchMs);
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      return checking;
    },
  };
}

async function restartIfGone(watch: Watch): Promise<void> {
  if (watch.stopping() || isAlive(watch.pid())) return;
  const full = await watch.room.look();
  if (!full) watch.log.error("the database stopped unexpectedly: starting it again");
  try {
    watch.restarted((await attachOrStart(watch.home)).pid);
    watch.log.info("the database is back");
  } catch (error) {
    // With a full disk this goes on for as long as it takes, and the line about the disk has said why.
    if (!full) watch.log.error({ err: error }, "the database cannot be started; trying again");
    else await Bun.sleep(fullPauseMs);
  }
}

/** SIGINT is PostgreSQL's fast shutdown. If it takes too long, SIGQUIT: the next start recovers from the log. */
async function stopPostmaster(pid: number): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + (signal === "SIGINT" ? stopTimeoutMs : 5_000);
    while (isAlive(pid) && Date.now() < deadline) await Bun.sleep(10);
  }
}
