import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { readConfig, type Config } from "../config.ts";
import type { Database } from "../db/connect.ts";
import { adapters, openBlobs, openLedger } from "../deps.ts";
import { silentLog } from "../log.ts";
import type { Blobs } from "../ports/blobs.ts";
import { refused } from "./cli-error.ts";
import { checkDatabase, isMade, openAsItIs } from "./doctor/database.ts";
import { ok, warning, wordsOf, wrong, type Finding } from "./doctor/finding.ts";
import { checkInbox, checkJobs, checkNodes } from "./doctor/log-health.ts";
import { checkAddress, checkFolder, checkRoom } from "./doctor/machine.ts";
import { checkPhotos, checkStore } from "./doctor/photos.ts";
import { checkBackup, checkLedger, checkLedgerDisk } from "./doctor/safety.ts";
import { checkSecret } from "./doctor/secret.ts";
import type { Terminal } from "./terminal.ts";

export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command("doctor")
    .description("Say what is wrong with this installation, and what to do about it.")
    .addHelpText(
      "after",
      `
Looks at the configuration, the folder, the disk, the database, the broker, the photos, the jobs, the processes and the backups,
with the server running or not. Mends nothing; it starts an embedded database that is stopped, for as long as it looks, and writes
and deletes one object where photos lie. Exit code 1 when something is wrong, 0 also with warnings.

Examples:
  $ npm run sotto -- doctor
  $ npm run --silent sotto -- doctor --json`,
    )
    .action(() => doctor(terminal));
}

async function doctor(terminal: Terminal): Promise<void> {
  const findings = await examine(terminal);
  const count = (state: Finding["state"]) => findings.filter((one) => one.state === state).length;
  terminal.output.result(findings.map(toLines).join("\n"), {
    wrong: count("wrong"),
    warnings: count("warning"),
    findings,
  });
  if (count("wrong") > 0) throw refused("unwell", `${count("wrong")} of ${findings.length} are wrong.`);
}

const marks = { ok: "ok      ", warning: "warning ", wrong: "WRONG   " } as const;

function toLines(finding: Finding): string {
  const line = `${marks[finding.state]}${finding.what.padEnd(15)} ${finding.detail}`;
  return finding.state === "ok" ? line : `${line}\n${" ".repeat(24)}→ ${finding.todo}`;
}

async function examine({ env }: Terminal): Promise<Finding[]> {
  const config = readConfig(env, [], { look: true });
  if (Array.isArray(config))
    return [
      wrong(
        "configuration",
        config.map(({ variable, message }) => `${variable}: ${message}`).join("; "),
        "Correct these variables; the table in README.md explains each.",
      ),
    ];
  const folder = await checkFolder(config);
  const room = existsSync(config.dataDir) ? await checkRoom(config) : [];
  const here = [ok("configuration", "can be read"), ...folder, ...room, ...checkAddress(config)];
  if (folder.some((one) => one.state === "wrong")) return here;
  return [...here, ...(await examineParts(config))];
}

async function examineParts(config: Config): Promise<Finding[]> {
  const { store, blobs } = await examineStore(config);
  const bus = await checkBus(config);
  if (!isMade(config))
    return [store, ...bus, warning("database", "the embedded one is not made yet", "`npm start` makes it.")];
  try {
    await using database = await openAsItIs(config);
    return [store, ...bus, ...(await examineDatabase(config, database, blobs))];
  } catch (error) {
    return [store, ...bus, wrong("database", wordsOf(error), "Look at its log, `postgres.log` in the data folder.")];
  }
}

/** `blobs`: only when they can be looked into. A folder of photos is made by the first start, not by a look. */
async function examineStore(config: Config): Promise<{ store: Finding; blobs?: Blobs }> {
  const folder = join(config.dataDir, "blobs");
  if (config.s3 === undefined && !existsSync(folder))
    return {
      store: warning("photo store", `${folder} is not there yet`, "`npm start` makes it. Is SOTTO_DATA right?"),
    };
  const where = config.s3 === undefined ? folder : `${config.s3.endpoint}/${config.s3.bucket}`;
  const blobs = await openBlobs(config, { log: silentLog(), beside: true });
  const store = await checkStore(blobs, where);
  return store.state === "ok" ? { store, blobs } : { store };
}

async function examineDatabase(config: Config, database: Database, blobs: Blobs | undefined): Promise<Finding[]> {
  const { findings, usable } = await checkDatabase(database, config);
  if (!usable) return findings;
  const { sql } = database;
  await using ledger = openLedger(config, silentLog());
  const { finding: nodes, served } = await checkNodes(sql);
  const photos = blobs ? await checkPhotos({ sql, blobs }) : [];
  return [
    ...findings,
    await checkSecret(sql, config.secret),
    nodes,
    await checkInbox(sql, { served }),
    await checkJobs(sql),
    ...photos,
    await checkLedger(sql, ledger),
    ...(await checkLedgerDisk(config, ledger)),
    await checkBackup(sql),
  ];
}

const brokerWithinMs = 5_000;

async function checkBus(config: Config): Promise<Finding[]> {
  if (config.nats === undefined) return [];
  const servers = config.nats.servers.join(", ");
  const { bus } = await adapters(config, silentLog());
  const giveUpMs = Date.now() + brokerWithinMs;
  while (bus.state() === "away" && Date.now() < giveUpMs) await Bun.sleep(50);
  const here = bus.state() === "here";
  await bus.close();
  if (here) return [ok("broker", `${servers} answers`)];
  const todo = "Check NATS_URL, its credentials, and that nats-server runs. Until then messages arrive seconds late.";
  return [wrong("broker", `${servers} cannot be reached`, todo)];
}
