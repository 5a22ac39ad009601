import { readFile } from "node:fs/promises";
import type { Config } from "../config.ts";
import { misused } from "./cli-error.ts";

const leastChars = 16;

/** What a backup is encrypted with: a file's first line, or SOTTO_BACKUP_KEY. There is no backup without (T36). */
export async function backupWords(config: Config, keyFile: string | undefined): Promise<string> {
  const words = keyFile === undefined ? config.operations.backupKey : await firstLine(keyFile);
  if (words === undefined)
    throw misused(
      "A backup is encrypted: name a file with the key by --key-file, or set SOTTO_BACKUP_KEY. " +
        "`openssl rand -hex 32 > backup.key` makes one. Keep it away from the backups: without it they are lost.",
    );
  if (words.length < leastChars) throw misused(`The key needs at least ${leastChars} characters.`);
  return words;
}

async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).split("\n")[0]?.trim() ?? "";
  } catch (error) {
    throw misused(`The key file cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
