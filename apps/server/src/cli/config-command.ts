import { access, constants, mkdir } from "node:fs/promises";
import type { Command } from "commander";
import type { Config } from "../config.ts";
import { assertFit } from "../db/assert-fit.ts";
import { openDatabase } from "../db/connect.ts";
import { findInstance, lockInstance } from "../instance-lock.ts";
import { acceptSecret } from "../secret-check.ts";
import { refused } from "./cli-error.ts";
import { placeOf } from "./doctor/database.ts";
import { refuseWhileServed } from "./restore-command.ts";
import { configFrom, runningUrl, withDatabase } from "./session.ts";
import type { Terminal } from "./terminal.ts";

export function addConfigCommand(program: Command, terminal: Terminal): void {
  const config = program.command("config").description("Look at the configuration, or change the secret.");
  addNewSecret(config, terminal);
  config
    .command("check")
    .description("Read the configuration as `npm start` would, and try what it names.")
    .addHelpText(
      "after",
      `
Names every wrong variable at once. Starts nothing and changes nothing in the database. Passwords and the secret are not shown.
Exit code 2: a variable is wrong. 1: what it names does not work.

Example:
  $ SOTTO_PORT=4700 DATABASE_URL=postgres://sotto@db/sotto npm run sotto -- config check`,
    )
    .action(() => check(terminal));
}

function addNewSecret(config: Command, terminal: Terminal): void {
  config
    .command("new-secret")
    .description(
      "Let the database belong to the secret that is set now, with the server stopped: when the old one is lost.",
    )
    .addHelpText(
      "after",
      `
A database belongs to the secret of its first start (SOTTO_SECRET, or the file \`secret\` in the data folder); a process with
another one does not start. Nobody is signed out by a new one and no message is lost; a message whose answer got lost before, and
that its sender's device sends again, is refused instead of answered.

Example:
  $ npm run sotto -- config new-secret`,
    )
    .action(() => newSecret(terminal));
}

async function newSecret(terminal: Terminal): Promise<void> {
  const config = configFrom(terminal.env);
  const lock = lockInstance({ dataDir: config.dataDir, url: config.url });
  if (lock.is === "taken")
    throw refused("running", `Sotto is running with the data in ${config.dataDir}: stop it first.`);
  try {
    await withDatabase(config, async (database) => {
      await refuseWhileServed(database);
      await acceptSecret(database.sql, config.secret);
    });
  } finally {
    lock.release();
  }
  terminal.output.result("The database belongs to the secret that is set now. Every process needs this one.", {});
}

interface Finding {
  what: string;
  ok: boolean;
  detail: string;
}

async function check(terminal: Terminal): Promise<void> {
  const config = configFrom(terminal.env);
  const findings = [await checkFolder(config), await checkDatabase(config), await checkServer(config)];
  const lines = findings.map(({ what, ok, detail }) => `${ok ? "ok  " : "FAIL"} ${what.padEnd(12)} ${detail}`);
  const shown = settings(config);
  const table = Object.entries(shown).map(([name, value]) => `     ${name.padEnd(12)} ${String(value)}`);
  terminal.output.result([...table, ...lines].join("\n"), { settings: shown, findings });
  const failed = findings.filter((one) => !one.ok);
  if (failed.length > 0) throw refused("config", `Not working: ${failed.map((one) => one.what).join(", ")}.`);
}

function settings(config: Config) {
  return {
    url: config.url,
    listens: `${config.host}:${config.port}`,
    data: config.dataDir,
    database: config.databaseUrl === undefined ? "embedded" : withoutPassword(config.databaseUrl),
    origins: config.origins.join(", ") || "none besides the own one",
    newPeople: `may be messaged by: ${config.defaultWhoMayMessage}`,
  };
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  if (url.password !== "") url.password = "***";
  return url.href;
}

async function checkFolder({ dataDir }: Config): Promise<Finding> {
  const what = "data folder";
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.R_OK | constants.W_OK);
    return { what, ok: true, detail: `${dataDir} can be written` };
  } catch (error) {
    return { what, ok: false, detail: `${dataDir} cannot be written: ${wordsOf(error)}` };
  }
}

async function checkDatabase(config: Config): Promise<Finding> {
  const what = "database";
  if (config.databaseUrl === undefined) return { what, ok: true, detail: "the embedded one; `npm start` starts it" };
  const database = openDatabase({ is: "url", url: config.databaseUrl }, { max: 1 });
  try {
    await assertFit(database.sql);
    return { what, ok: true, detail: "answers, and is fit" };
  } catch (error) {
    return { what, ok: false, detail: `${placeOf(config.databaseUrl)}: ${wordsOf(error)}` };
  } finally {
    await database.close();
  }
}

async function checkServer(config: Config): Promise<Finding> {
  const what = "server";
  const instance = findInstance(config.dataDir);
  if (!instance) return { what, ok: true, detail: "not running; `npm start` starts it" };
  const url = runningUrl(config);
  try {
    const { ok, status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    return { what, ok, detail: ok ? `runs at ${url} and is ready` : `runs at ${url} and is not ready (${status})` };
  } catch (error) {
    return {
      what,
      ok: false,
      detail: `process ${instance.pid} holds the data folder and does not answer at ${url}: ${wordsOf(error)}`,
    };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
