import { createSotto } from "@sotto/sdk/client.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { createSession } from "../auth/sessions.ts";
import { readConfig, printConfigProblems, type Config } from "../config.ts";
import { connect, type Database } from "../db/connect.ts";
import { findInstance } from "../instance-lock.ts";
import { createLog } from "../log.ts";
import { CliError, exitCodes, misused, refused } from "./cli-error.ts";
import { findPersonId } from "./store.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const device = "Command line";

export function configFrom(env: Environment): Config {
  const config = readConfig(env, []);
  if (Array.isArray(config)) throw misused(`The configuration is not valid:\n${printConfigProblems(config)}`);
  return config;
}

/** The database of a running server, or one started for as long as the work takes. */
export async function withDatabase<T>(config: Config, work: (database: Database) => Promise<T>): Promise<T> {
  const log = createLog({ level: "silent", pretty: false });
  const database = await connect({ ...config, databaseConnections: 2 }, log, { beside: true });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * Acts as a person, over the API of the running server. Who can read the database needs no password: the session is made
 * there, shows in the person's list of devices, and ends with the work.
 */
export async function asPerson<T>(
  options: { config: Config; username: string; url: string | undefined },
  work: (sotto: Sotto, personId: string) => Promise<T>,
): Promise<T> {
  const url = options.url ?? runningUrl(options.config);
  return withDatabase(options.config, async ({ sql }) => {
    const personId = await findPersonId(sql, options.username);
    if (personId === null) throw noSuchPerson(options.username);
    const { token } = await createSession(sql, { personId, device });
    const sotto = createSotto({ url, credential: { kind: "bearer", token } });
    try {
      return await work(sotto, personId);
    } finally {
      await sotto.signOut().catch(() => undefined);
      sotto.stop();
    }
  });
}

/** Where the server of this data folder listens. */
export function runningUrl(config: Config): string {
  const instance = findInstance(config.dataDir);
  if (!instance && config.databaseUrl === undefined) throw notRunning(config);
  const host = ["0.0.0.0", "::", ""].includes(config.host) ? "127.0.0.1" : config.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${config.port}`;
}

export function noSuchPerson(username: string): CliError {
  return refused("not_found", `There is no @${username} here. \`sotto person create\` makes one.`);
}

function notRunning(config: Config): CliError {
  const message =
    `Sotto is not running with the data in ${config.dataDir}.\n` +
    "Start it with `npm start` in another terminal, then try again. If it runs elsewhere, say so with --url, or set SOTTO_DATA.";
  return new CliError({ exitCode: exitCodes.unreachable, code: "not_running", message });
}
