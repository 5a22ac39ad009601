import type { Command } from "commander";
import { backup } from "../backup/backup.ts";
import { UnfitBackup, type Manifest } from "../backup/manifest.ts";
import { openBlobs, openLedger } from "../deps.ts";
import { silentLog } from "../log.ts";
import { backupWords } from "./backup-key-words.ts";
import { refused } from "./cli-error.ts";
import { untilInterrupted } from "./interrupt.ts";
import { configFrom, withDatabase } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addBackupCommand(program: Command, terminal: Terminal): void {
  program
    .command("backup")
    .description("Write an encrypted backup, while the server runs or not.")
    .argument("<dir>", "a new folder for it")
    .option("--key-file <path>", "a file whose first line is the key (default: SOTTO_BACKUP_KEY)")
    .addHelpText(
      "after",
      `
One snapshot of the database and the photos that it names; never the quarantine. The folder appears when the backup is whole.
The erasure ledger (\`erasures\` in the data folder, or SOTTO_LEDGER) is not in it: \`restore\` needs both. Keep the
ledger on another disk than the database, and the key away from the backups.

Examples:
  $ openssl rand -hex 32 > backup.key
  $ npm run sotto -- backup /backups/$(date +%F) --key-file backup.key`,
    )
    .action((dir: string, options: { keyFile?: string }) => run(terminal, dir, options));
}

async function run(terminal: Terminal, dir: string, options: { keyFile?: string }): Promise<void> {
  const config = configFrom(terminal.env);
  const words = await backupWords(config, options.keyFile);
  await using ledger = openLedger(config, silentLog());
  const blobs = await openBlobs(config, { log: silentLog(), beside: true });
  const bar = terminal.output.progress("backup");
  const { dataDir, secret } = config;
  const made = await untilInterrupted(async (signal) =>
    withDatabase(config, (database) =>
      backup({
        ...{ database, blobs, ledger, dataDir, secret, dir, words, signal },
        progress: (_, done, all) => bar.update(done, Math.max(done, all)),
      }),
    ),
  )
    .catch(asRefusal)
    .finally(() => bar.end());
  report(terminal, dir, made);
}

function report(terminal: Terminal, dir: string, made: Manifest): void {
  const { id, at, photos, tables } = made;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const sizeBytes = Object.values(made.parts).reduce((sum, part) => sum + part.sizeBytes, 0);
  const gone = photos.gone > 0 ? `, ${photos.gone} were erased meanwhile` : "";
  terminal.output.result(
    `${dir}: ${rows} rows and ${photos.kept} files of photos (${Math.ceil(sizeBytes / 1e6)} MB), as of ${at}${gone}.`,
    { id, dir, at, rows, photos: photos.kept, gone: photos.gone, missing: photos.missing, sizeBytes },
  );
  if (photos.missing > 0)
    throw refused(
      "photos_missing",
      `The backup is whole, but ${photos.missing} files of photos that the database names were not there, or damaged. ` +
        "`npm run sotto -- doctor` says more.",
    );
}

export function asRefusal(error: unknown): never {
  if (error instanceof UnfitBackup) throw refused("backup", error.message);
  throw error;
}
