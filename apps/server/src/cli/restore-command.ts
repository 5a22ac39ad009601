import type { Command } from "commander";
import { restore, type Restored } from "../backup/restore.ts";
import type { Config } from "../config.ts";
import type { Database } from "../db/connect.ts";
import { migrationsDir, readMigrations } from "../db/migrate.ts";
import { openBlobs, openLedger } from "../deps.ts";
import { lockInstance } from "../instance-lock.ts";
import { silentLog } from "../log.ts";
import { asRefusal } from "./backup-command.ts";
import { backupWords } from "./backup-key-words.ts";
import { refused } from "./cli-error.ts";
import { untilInterrupted } from "./interrupt.ts";
import { configFrom, withDatabase } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addRestoreCommand(program: Command, terminal: Terminal): void {
  program
    .command("restore")
    .description("Load a backup into an empty database and data folder, with the server stopped.")
    .argument("<dir>", "the backup")
    .option("--key-file <path>", "a file whose first line is the key (default: SOTTO_BACKUP_KEY)")
    .option("--force", "replace what the database holds: it is gone then")
    .addHelpText(
      "after",
      `
Checks every byte of the backup before it touches anything; a restore that fails or is stopped has changed nothing in the
database. What people took back after the backup stays taken back: the erasure ledger of the server that was backed up must
lie in \`erasures\` in the data folder, or where SOTTO_LEDGER says. Without it nothing is restored.
Afterwards everybody signs in again, and every client loads anew.

Example:
  $ cp -r /other-disk/erasures ./data/erasures
  $ npm run sotto -- restore /backups/2026-05-01 --key-file backup.key`,
    )
    .action((dir: string, options: Asked) => run(terminal, dir, options));
}

interface Asked {
  keyFile?: string;
  force?: true;
}

async function run(terminal: Terminal, dir: string, { keyFile, force }: Asked): Promise<void> {
  const config = configFrom(terminal.env);
  const words = await backupWords(config, keyFile);
  const lock = lockInstance({ dataDir: config.dataDir, url: config.url });
  if (lock.is === "taken")
    throw refused("running", `Sotto is running with the data in ${config.dataDir}: stop it first.`);
  const bar = terminal.output.progress("restore");
  try {
    const restored = await withDatabase(config, async (database) => {
      await refuseWhileServed(database);
      return await restoreInto(config, database, { dir, words, force: force === true, bar });
    });
    report(terminal, restored);
  } finally {
    bar.end();
    lock.release();
  }
}

async function restoreInto(
  config: Config,
  database: Database,
  asked: { dir: string; words: string; force: boolean; bar: { update(done: number, all: number): void } },
): Promise<Restored> {
  await using ledger = openLedger(config, silentLog());
  const blobs = await openBlobs(config, { log: silentLog() });
  const migrations = readMigrations(migrationsDir);
  const { bar, ...rest } = asked;
  const progress = (_: string, done: number, all: number) => bar.update(done, all);
  return await untilInterrupted(
    async (signal) =>
      await restore({ ...rest, database, blobs, ledger, dataDir: config.dataDir, migrations, signal, progress }),
  ).catch(asRefusal);
}

/** Other machines may serve the same database. */
export async function refuseWhileServed({ sql }: Database): Promise<void> {
  const nodes: { name: string }[] = await sql`select name from nodes where heartbeat_at > now() - interval '1 minute'`;
  const [first] = nodes;
  if (first)
    throw refused(
      "running",
      `Sotto runs on this database (${nodes.map((one) => one.name).join(", ")}): stop it first.`,
    );
}

function report(terminal: Terminal, { manifest, photos, unsent, photosRemoved, accountsDeleted }: Restored): void {
  const { id, at } = manifest;
  const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
  const missing =
    manifest.photos.missing > 0
      ? ` ${manifest.photos.missing} files of photos were missing already when it was made.`
      : "";
  terminal.output.result(
    `Restored as of ${at}: ${rows} rows, ${photos} files of photos. Taken back since, and so again: ${unsent} messages, ` +
      `${photosRemoved} photos, ${accountsDeleted} accounts.${missing} Everybody signs in again.`,
    { id, at, rows, photos, unsent, photosRemoved, accountsDeleted, missing: manifest.photos.missing },
  );
}
