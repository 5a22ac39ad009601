import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../../config.ts";
import type { Sql } from "../../db/sql.ts";
import type { Ledger } from "../../ports/ledger.ts";
import { ok, warning, wordsOf, wrong, type Finding } from "./finding.ts";

const dayMs = 24 * 3_600_000;
const agedDays = 2;
const lostTodo =
  "Put the ledger back where it was (the folder `erasures` of the data folder, what SOTTO_LEDGER names, or the bucket). Without " +
  "it no backup that there is can be restored: when it is lost, make a new backup now.";

export async function checkBackup(sql: Sql, nowMs = Date.now()): Promise<Finding> {
  const what = "backup";
  const todo =
    "`npm run sotto -- backup DIR --key-file FILE`, every night (ops/systemd has a timer), and onto another machine.";
  const last = await lastMark(sql);
  if (last === undefined) return warning(what, "none was ever made", todo);
  const { at, key } = last;
  if (key === "restored_from")
    return warning(what, `none was made since this database was restored from the backup of ${at}`, todo);
  const days = (nowMs - Date.parse(at)) / dayMs;
  if (days > agedDays) return warning(what, `the last is ${Math.floor(days)} days old`, todo);
  return ok(what, `the last is of ${at}`);
}

/** The backup that was made last, else the one that this database was restored from. Either left its mark in the ledger. */
async function lastMark(
  sql: Sql,
): Promise<{ key: "last_backup" | "restored_from"; id: string; at: string } | undefined> {
  const [row] = await sql`
    select key, value from meta where key in ('last_backup', 'restored_from') order by key limit 1`;
  return row && { key: row.key, ...(JSON.parse(row.value) as { id: string; at: string }) };
}

export async function checkLedger(sql: Sql, ledger: Ledger): Promise<Finding> {
  const what = "erasure ledger";
  const todo =
    "Repair what it says, or set SOTTO_LEDGER to a folder that can be written. Until then nobody can take a message back.";
  try {
    let entries = 0;
    const last = await lastMark(sql);
    let marked = last === undefined;
    for await (const entry of ledger.read()) {
      entries += 1;
      marked ||= entry.kind === "backup" && entry.id === last?.id;
    }
    if (!marked)
      return wrong(
        what,
        `${ledger.where} does not know the backup of ${last?.at}: it is lost, or another one`,
        lostTodo,
      );
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
