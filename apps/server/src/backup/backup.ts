import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg, { type Client } from "pg";
import type { Database } from "../db/connect.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { Ledger } from "../ports/ledger.ts";
import { backupKey } from "./backup-key.ts";
import { Draft } from "./draft.ts";
import { photoList, writeManifest, type Manifest } from "./manifest.ts";
import { writePhotos } from "./write-photos.ts";
import { copyOut, listTables, namedColumns } from "./tables.ts";

export interface BackupOptions {
  database: Pick<Database, "sql" | "pgConfig">;
  blobs: Blobs;
  ledger: Ledger;
  /** Where `secret` may lie. */
  dataDir: string;
  secret: string;
  /** Must not be there yet, or be empty. */
  dir: string;
  words: string;
  signal: AbortSignal;
  progress: (label: string, done: number, all: number) => void;
}

/**
 * A backup while the server runs: one snapshot of the database, table by table, and the photos that it names. Never the
 * quarantine (R20). It is there whole or not at all; when the signal aborts, nothing is left of it.
 *
 * The snapshot ends before the photos are read: they never change under a name, and what is erased meanwhile is left out, as
 * it should be. The mark in the ledger comes before the manifest: a restore finds the one for the other.
 */
export async function backup(options: BackupOptions): Promise<Manifest> {
  const key = backupKey(options.words);
  const draft = await Draft.begin(options.dir, key);
  try {
    const snapshot = await writeSnapshot(options, draft);
    const photos = await writePhotos(options, draft, key);
    const secret = await writeSecret(options, draft);
    const id = Bun.randomUUIDv7();
    await options.ledger.append([{ kind: "backup", id, at: new Date().toISOString() }]);
    const manifest: Manifest = { format: 1, id, salt: key.salt, ...snapshot, photos, secret, parts: draft.parts };
    await writeManifest(draft.dir, manifest, key);
    options.signal.throwIfAborted();
    await draft.finish();
    await rememberBackup(options, manifest);
    return manifest;
  } catch (error) {
    await draft.abandon();
    throw error;
  }
}

type Snapshot = Pick<Manifest, "at" | "postgres" | "migrations" | "tables">;

async function writeSnapshot(options: BackupOptions, draft: Draft): Promise<Snapshot> {
  const client = new pg.Client(options.database.pgConfig);
  // A killed backend fails the copy that runs; its event must not end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0");
    const snapshot = await copySnapshot(options, draft, client);
    await client.query("commit");
    return snapshot;
  } finally {
    await client.end();
  }
}

async function copySnapshot({ signal, progress }: BackupOptions, draft: Draft, client: Client): Promise<Snapshot> {
  const { rows: found } = await client.query<{ at: Date; postgres: string }>(
    "select clock_timestamp() as at, version() as postgres",
  );
  const { rows: migrations } = await client.query<Manifest["migrations"][number]>(
    "select name, sha256 from migrations order by name",
  );
  const tables: Manifest["tables"] = [];
  const listed = await listTables(client);
  for (const [at, table] of listed.entries()) {
    signal.throwIfAborted();
    progress("tables", at, listed.length);
    const file = `table-${table.name}`;
    const rows = await draft.part(file, (write) => copyOut(client, namedColumns(table), guarded(write, signal)));
    tables.push({ ...table, rows, file });
  }
  await draft.part(photoList, (write) => copyOut(client, photosOfSnapshot, guarded(write, signal)));
  const [{ at, postgres } = { at: new Date(), postgres: "" }] = found;
  return { at: at.toISOString(), postgres, migrations, tables };
}

/** Tab-separated. What is not ready has no photo yet: its raw bytes are in quarantine, which no backup sees. */
const photosOfSnapshot = `(
  select r.blob_key, r.size_bytes, r.sha256 from renditions r join media m on m.id = r.media_id
  where m.state = 'ready' order by r.blob_key)`;

function guarded(write: (bytes: Uint8Array) => Promise<void>, signal: AbortSignal) {
  return async (bytes: Uint8Array) => {
    signal.throwIfAborted();
    await write(bytes);
  };
}

/** With it, a message that is sent again after a restore still meets its first answer (R13). One that is set by hand is not ours. */
async function writeSecret({ dataDir, secret }: BackupOptions, draft: Draft): Promise<string | null> {
  const kept = await readFile(join(dataDir, "secret"), "utf8").catch(() => "");
  if (kept.trim() !== secret) return null;
  await draft.part("secret", (write) => write(Buffer.from(secret)));
  return "secret";
}

/** For `doctor`. */
async function rememberBackup({ database }: BackupOptions, { id, at }: Manifest): Promise<void> {
  await database.sql`
    insert into meta (key, value) values ('last_backup', ${JSON.stringify({ id, at })})
    on conflict (key) do update set value = excluded.value`;
}
