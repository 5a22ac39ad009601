import { writeFile, rename } from "node:fs/promises";
import { join } from "node:path";
import pg, { type Client } from "pg";
import type { Database } from "../db/connect.ts";
import type { Migration } from "../db/migrate.ts";
import type { Blobs } from "../ports/blobs.ts";
import type { Ledger } from "../ports/ledger.ts";
import { shipBeforeReplacing } from "../erasures/ship.ts";
import type { BackupKey } from "./backup-key.ts";
import { checkParts, readManifest, UnfitBackup, type Manifest } from "./manifest.ts";
import { unpack } from "./photo-packs.ts";
import { beginAnew } from "./begin-anew.ts";
import { replayErasures, type Replayed } from "./replay.ts";
import { applyMigrations, isFilled, removeEverything } from "./schema.ts";
import { readSealed } from "./sealed-file.ts";
import { copyIn } from "./tables.ts";

export interface RestoreOptions {
  database: Pick<Database, "pgConfig">;
  blobs: Blobs;
  ledger: Ledger;
  dataDir: string;
  dir: string;
  words: string;
  migrations: readonly Migration[];
  /** Replace what the database holds. */
  force: boolean;
  signal: AbortSignal;
  progress: (label: string, done: number, all: number) => void;
}

export interface Restored extends Replayed {
  manifest: Manifest;
  photos: number;
}

/**
 * A backup becomes the database again. Everything is checked before anything is touched: the seal and every byte of the
 * backup, that this Sotto knows its migrations, that the ledger knows the backup. Then one transaction loads it, takes back what
 * was erased since (R9, T36), and begins a new epoch (R15). The photos that are left go to their place before the commit, so a
 * restore that is cut short has restored nothing, and no erased photo is written at all.
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { manifest, key } = await readManifest(options.dir, options.words);
  const known = migrationsOf(manifest, options.migrations);
  const sizeBytes = Object.values(manifest.parts).reduce((sum, part) => sum + part.sizeBytes, 0);
  await checkParts(options.dir, manifest, (done) => options.progress("checking", done, sizeBytes));
  await checkLedger(options.ledger, manifest);
  const client = new pg.Client(options.database.pgConfig);
  client.on("error", () => undefined);
  await client.connect();
  try {
    await client.query("begin");
    if (!options.force && (await isFilled(client)))
      throw new UnfitBackup(
        "The database is not empty. Restore into an empty one, or say --force to replace what it holds.",
      );
    await shipBeforeReplacing(client, options.ledger);
    await removeEverything(client, options.migrations);
    await applyMigrations(client, known);
    await loadTables(options, { client, manifest, key });
    await applyMigrations(client, options.migrations.slice(known.length));
    const replayed = await replayErasures(client, options.ledger);
    await beginAnew(client, manifest);
    const photos = await placePhotos(options, { client, manifest, key });
    await writeSecret(options, { manifest, key });
    options.signal.throwIfAborted();
    await client.query("commit");
    return { manifest, photos, ...replayed };
  } finally {
    // Without a commit before, everything is undone.
    await client.end();
  }
}

/** The first of ours, which are the backup's; throws when the backup was made by another Sotto than an earlier one of this line. */
function migrationsOf(manifest: Manifest, ours: readonly Migration[]): readonly Migration[] {
  for (const { name, sha256 } of manifest.migrations) {
    const same = ours.find((one) => one.name === name);
    if (!same) throw new UnfitBackup(`The backup was made by a newer Sotto (${name}): restore it with that one.`);
    if (same.sha256 !== sha256) throw new UnfitBackup(`The migration ${name} is not what it was for this backup.`);
  }
  const names = new Set(manifest.migrations.map((one) => one.name));
  const known = ours.filter((one) => names.has(one.name));
  const later = ours.slice(known.length);
  if (later.some((one) => names.has(one.name))) throw new UnfitBackup("The backup's migrations are in another order.");
  return known;
}

/** The backup left its mark in the ledger. A ledger without it is another one, or a copy from before. */
async function checkLedger(ledger: Ledger, { id, at }: Manifest): Promise<void> {
  let entries = 0;
  for await (const entry of ledger.read()) {
    if (entry.kind === "backup" && entry.id === id) return;
    entries += 1;
  }
  const found = entries === 0 ? "is empty or missing" : "is older than this backup, or of another server";
  throw new UnfitBackup(
    `The erasure ledger at ${ledger.where} ${found}. Without it the restore would bring back what people took back after ` +
      `${at}. Put the ledger of the server that was backed up there (its folder \`erasures\`, or what SOTTO_LEDGER named).`,
  );
}

interface Loading {
  client: Client;
  manifest: Manifest;
  key: BackupKey;
}

async function loadTables(options: RestoreOptions, { client, manifest, key }: Loading): Promise<void> {
  for (const [at, table] of manifest.tables.entries()) {
    options.signal.throwIfAborted();
    options.progress("tables", at, manifest.tables.length);
    const text = readSealed(join(options.dir, table.file), key.derive(table.file));
    const rows = await copyIn(client, table, text);
    if (rows !== table.rows) throw new Error(`${table.name}: ${rows} rows came in of ${table.rows}`);
  }
}

const keysAtOnce = 50;

/** Only those that a row still names after the replay. */
async function placePhotos(options: RestoreOptions, { client, manifest, key }: Loading): Promise<number> {
  let placed = 0;
  for (const pack of manifest.photos.packs) {
    let batch: { key: string; bytes: Uint8Array }[] = [];
    const place = async () => {
      options.signal.throwIfAborted();
      const named = await client.query<{ blob_key: string }>(
        "select blob_key from renditions where blob_key = any($1::text[])",
        [batch.map((photo) => photo.key)],
      );
      const wanted = new Set(named.rows.map((row) => row.blob_key));
      for (const photo of batch) if (wanted.has(photo.key)) await options.blobs.put(photo.key, photo.bytes);
      placed += wanted.size;
      options.progress("photos", placed, manifest.photos.kept);
      batch = [];
    };
    let waitingBytes = 0;
    for await (const photo of unpack(readSealed(join(options.dir, pack), key.derive(pack)))) {
      batch.push(photo);
      waitingBytes += photo.bytes.length;
      if (batch.length < keysAtOnce && waitingBytes < 32 * 1024 * 1024) continue;
      await place();
      waitingBytes = 0;
    }
    await place();
  }
  return placed;
}

async function writeSecret(
  { dataDir, dir }: RestoreOptions,
  { manifest, key }: Omit<Loading, "client">,
): Promise<void> {
  if (manifest.secret === null) return;
  const kept = Buffer.concat(
    await Array.fromAsync(readSealed(join(dir, manifest.secret), key.derive(manifest.secret))),
  );
  const path = join(dataDir, "secret");
  await writeFile(`${path}.restored`, `${kept.toString("utf8")}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.restored`, path);
}
