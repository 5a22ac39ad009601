import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../../config.ts";
import type { Sql } from "../../db/sql.ts";
import type { Ledger } from "../../ports/ledger.ts";
import { ok, warning, wordsOf, wrong, type Finding } from "./finding.ts";

const dayMs = 24 * 3_600_000;
const agedDays = 2;

export async function checkBackup(sql: Sql, nowMs = Date.now()): Promise<Finding> {
  const what = "backup";
  const todo =
    "`npm run sotto -- backup DIR --key-file FILE`, every night (ops/systemd has a timer), and onto another machine.";
  const [row] = await sql`select value from meta where key = 'last_backup'`;
  if (!row) return warning(what, "none was ever made", todo);
  const { at } = JSON.parse(row.value) as { at: string };
  const days = (nowMs - Date.parse(at)) / dayMs;
  if (days > agedDays) return warning(what, `the last is ${Math.floor(days)} days old`, todo);
  return ok(what, `the last is of ${at}`);
}

export async function checkLedger(sql: Sql, ledger: Ledger): Promise<Finding> {
  const what = "erasure ledger";
  const todo =
    "Repair what it says, or set SOTTO_LEDGER to a folder that can be written. Until then nobody can take a message back.";
  try {
    let entries = 0;
    for await (const _ of ledger.read()) entries += 1;
    const [{ waiting }] = await sql`
      select count(*)::int as waiting from (
        select 1 from erasures where erased_at < now() - interval '10 minutes' limit 10000) e`;
    if (waiting > 0) return wrong(what, `${waiting} erasures wait to be written to ${ledger.where}`, todo);
    return ok(what, `${ledger.where}, ${entries} entries`);
  } catch (error) {
    return wrong(what, wordsOf(error), todo);
  }
}

/** One lost disk must not take the database and what its backups need. */
export async function checkLedgerDisk(
  config: Pick<Config, "dataDir" | "databaseUrl">,
  ledger: Ledger,
): Promise<Finding[]> {
  if (config.databaseUrl !== undefined || !ledger.where.startsWith("/")) return [];
  const [one, other] = await Promise.all([deviceOf(config.dataDir), deviceOf(ledger.where)]);
  if (one === undefined || one !== other) return [];
  return [
    warning(
      "ledger's disk",
      "the erasure ledger lies on the same disk as the database: with that disk lost, no backup can be restored",
      "Set SOTTO_LEDGER to a folder on another disk and move its files there, or copy it away all the time (each minute), not only with a backup.",
    ),
  ];
}

async function deviceOf(path: string): Promise<number | undefined> {
  const there = existsSync(path) ? path : dirname(path);
  return existsSync(there) ? (await stat(there)).dev : undefined;
}
