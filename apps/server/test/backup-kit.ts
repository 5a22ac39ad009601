import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Message } from "@sotto/protocol/types.ts";
import { startApp } from "../src/app.ts";
import { createSession } from "../src/auth/sessions.ts";
import { backup } from "../src/backup/backup.ts";
import { readManifest, type Manifest } from "../src/backup/manifest.ts";
import { restore, type Restored } from "../src/backup/restore.ts";
import { readSealed } from "../src/backup/sealed-file.ts";
import type { Database } from "../src/db/connect.ts";
import { migrationsDir, readMigrations } from "../src/db/migrate.ts";
import { testDatabase } from "../src/test-database.ts";
import { openBlobs, openLedger } from "../src/deps.ts";
import { silentLog } from "../src/log.ts";
import { testConfig } from "../src/test-server.ts";
import type { Somebody } from "./api-kit.ts";
import { must } from "./api-kit.ts";

export const words = "the key of a test, and of nothing else";

/** A database and a data folder, with or without a server on them. */
export interface Place extends AsyncDisposable {
  database: Database;
  dataDir: string;
}

export async function emptyPlace(): Promise<Place> {
  const dataDir = await mkdtemp(join(tmpdir(), "sotto-place-"));
  const database = await testDatabase({ max: 8 });
  return {
    database,
    dataDir,
    [Symbol.asyncDispose]: async () => {
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type Open = Pick<Place, "database" | "dataDir">;

export async function backUp(
  { database, dataDir }: Open,
  dir: string,
  more: Partial<Parameters<typeof backup>[0]> = {},
): Promise<Manifest> {
  const config = testConfig({ dataDir });
  const blobs = await openBlobs(config, { log: silentLog(), beside: true });
  await using ledger = openLedger(config, silentLog());
  const { signal } = new AbortController();
  const { secret } = config;
  return await backup({
    database,
    blobs,
    ledger,
    dataDir,
    secret,
    dir,
    words,
    signal,
    progress: () => undefined,
    ...more,
  });
}

export async function restoreInto(
  { database, dataDir }: Open,
  dir: string,
  more: Partial<Parameters<typeof restore>[0]> = {},
): Promise<Restored> {
  const config = testConfig({ dataDir });
  const blobs = await openBlobs(config, { log: silentLog() });
  await using ledger = openLedger(config, silentLog());
  const migrations = readMigrations(migrationsDir);
  const { signal } = new AbortController();
  const progress = () => undefined;
  return await restore({
    database,
    blobs,
    ledger,
    dataDir,
    dir,
    words,
    migrations,
    force: false,
    signal,
    progress,
    ...more,
  });
}

/** What an operator carries over from the old machine, or from its other disk. */
export function bringLedger(from: Pick<Place, "dataDir">, to: Pick<Place, "dataDir">): void {
  cpSync(join(from.dataDir, "erasures"), join(to.dataDir, "erasures"), { recursive: true });
}

export async function serve({ database, dataDir }: Open): Promise<{ url: string; stop(): Promise<void> }> {
  return await startApp({ config: testConfig({ dataDir }), database, log: silentLog() });
}

/** Sessions end with a restore: this is a sign-in without a password. */
export async function signInAgain({ database }: Pick<Place, "database">, who: Somebody): Promise<Somebody> {
  const { token, session } = await createSession(database.sql, { personId: who.id, device: "again" });
  return { ...who, token, sessionId: session.id };
}

/** Everything that a backup holds, read with its key. */
export async function openBackup(dir: string): Promise<Buffer> {
  const { manifest, key } = await readManifest(dir, words);
  const parts = Object.keys(manifest.parts).map((name) =>
    Array.fromAsync(readSealed(join(dir, name), key.derive(name))),
  );
  return Buffer.concat((await Promise.all(parts)).flat());
}

/** The files below a folder whose bytes hold one of these. */
export function filesHolding(dir: string, needles: readonly Uint8Array[]): { searched: number; found: string[] } {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(dir, name)).isFile(),
  );
  const found = files.filter((name) => {
    const bytes = readFileSync(join(dir, name));
    return needles.some((needle) => bytes.includes(needle));
  });
  return { searched: files.length, found };
}

export interface Load {
  /** Acknowledged so far, with the clock at the answer. */
  sent: { message: Message; atMs: number }[];
  unsent: Set<string>;
  stop(): Promise<void>;
}

/** Everybody sends into their conversations, and takes one in twelve back, until told to stop. */
export function sendAllTheTime(url: string, lanes: readonly { who: Somebody; conversationId: string }[]): Load {
  let stopping = false;
  const load: Load = { sent: [], unsent: new Set(), stop: async () => undefined };
  const loops = lanes.map(async ({ who, conversationId }, lane) => {
    for (let n = 0; !stopping; n += 1) {
      const text = `lane ${lane} message ${n}`;
      const message = await must(url, who, "messages.send", { conversationId, clientId: `load-${lane}-${n}`, text });
      load.sent.push({ message, atMs: Date.now() });
      if (n % 12 !== 5) continue;
      await must(url, who, "messages.unsend", { conversationId, messageId: message.id });
      load.unsent.add(message.id);
    }
  });
  load.stop = async () => {
    stopping = true;
    await Promise.all(loops);
  };
  return load;
}

export async function freshFolder(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), "sotto-backups-"));
  await mkdir(dir, { recursive: true });
  return { dir, [Symbol.asyncDispose]: async () => await rm(dir, { recursive: true, force: true }) };
}
