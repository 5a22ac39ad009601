import { mkdir } from "node:fs/promises";
import { openDatabase } from "../../apps/server/src/db/connect.ts";
import { databaseName, databaseUser, socketPort } from "../../apps/server/src/db/embedded-settings.ts";
import type { Shape } from "../send.ts";
import type { DriverPlan, DriverResult } from "./driver.ts";
import { pinned, waitForLine } from "./processes.ts";
import { seedPairs } from "./seed.ts";
import { startServer } from "./server.ts";

/** What is measured: a server with its database, on one core. */
export interface Subject {
  url: string;
  pids: { server: number; database: number };
  sockets: DriverPlan["sockets"];
  refusing: Pick<DriverPlan, "blockers" | "closers">;
  verify(result: DriverResult): Promise<Verdict>;
  stop(): Promise<void>;
}

export interface Verdict {
  acknowledged: number;
  acknowledgedAndMissing: number;
  /** Of pairs in which one stopped accepting: what came through that began after. */
  leakedAfterRefusal: number;
  refused: number;
  /** Of pairs in which nobody stopped. */
  unexpectedRefusals: number;
}

/** One receiver in a hundred stops accepting in the middle; every other of them by blocking, the rest by the setting. */
const refusingShare = 0.01;

export async function startSotto(dataDir: string, shape: Shape): Promise<Subject> {
  const server = await startServer(dataDir, { profileDir: shape.profileDir });
  const sockets = await seedPairs(server.database.sql, server.secret, shape.connections);
  const step = 1 / refusingShare;
  const refusing = Array.from({ length: Math.floor(shape.connections * refusingShare) }, (_, index) => index * step);
  return {
    url: server.socketUrl,
    pids: server.pids,
    sockets,
    refusing: { blockers: refusing.filter((_, n) => n % 2 === 0), closers: refusing.filter((_, n) => n % 2 === 1) },
    verify: async (result) => await verify(result, await storedIds(server.database.sql, "messages")),
    stop: server.stop,
  };
}

export async function startBare(dataDir: string, shape: Shape, writes: "single" | "grouped"): Promise<Subject> {
  await mkdir(dataDir, { recursive: true });
  const script = new URL("./bare-server.ts", import.meta.url).pathname;
  const child = Bun.spawn(pinned(0, [process.execPath, script, dataDir, writes]), {
    stdout: "pipe",
    stderr: "inherit",
  });
  const [, url = "", postmaster = "0", socketDir = ""] = await waitForLine(
    child,
    /ready (\S+) postmaster (\d+) socket (\S+)\n/,
  );
  const opened = openDatabase(
    { is: "socket", socketDir, port: socketPort, user: databaseUser, database: databaseName },
    { max: 1 },
  );
  return {
    url: url.replace("http", "ws"),
    pids: { server: child.pid, database: Number(postmaster) },
    sockets: Array.from({ length: shape.connections }, (_, index) => ({
      ticket: String(index),
      conversationId: "",
      otherId: "",
    })),
    refusing: { blockers: [], closers: [] },
    verify: async (result) => await verify(result, await storedIds(opened.sql, "bare_messages")),
    async stop() {
      await opened.close();
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

async function storedIds(sql: Bun.SQL, table: "messages" | "bare_messages"): Promise<Set<string>> {
  const rows: { client_id: string }[] = await sql`select client_id from ${sql(table)}`;
  return new Set(rows.map((row) => row.client_id));
}

async function verify(result: DriverResult, stored: ReadonlySet<string>): Promise<Verdict> {
  return {
    acknowledged: result.acknowledged.length,
    acknowledgedAndMissing: result.acknowledged.filter((clientId) => !stored.has(clientId)).length,
    leakedAfterRefusal: result.leaked,
    refused: result.refusals.length,
    unexpectedRefusals: result.refusals.filter((one) => !one.refusable).length,
  };
}
