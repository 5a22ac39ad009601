import { printConfigProblems, readConfig, type Config } from "./config.ts";
import { connect, type Database } from "./db/connect.ts";
import { lockInstance, type Instance } from "./instance-lock.ts";
import { createLog, type Log } from "./log.ts";
import { Roles } from "./roles.ts";
import { startApp } from "./app.ts";

// Not at the top level: after an uncaught error a top-level `await` would go on.
void main();

/** Starts the roles in order, waits to be told to stop, and stops them in reverse. */
async function main(): Promise<void> {
  const config = readConfig(process.env, process.argv.slice(2));
  if (Array.isArray(config)) return exitWith(2, `Sotto cannot start like this:\n${printConfigProblems(config)}`);
  const lock = lockInstance({ dataDir: config.dataDir, url: `http://${config.host}:${config.port}` });
  if (lock.is === "taken") return exitWith(1, takenWords(config, lock.by));
  const log = createLog({ level: config.logLevel, pretty: process.stdout.isTTY });
  const roles = new Roles(log, { patienceMs: config.drainSeconds * 1000 });
  const stopped = stopWhenAsked(roles, log);
  try {
    const { url } = await startRoles(config, roles, log);
    lock.listensAt(url);
    if (!roles.stopping) log.info(readyWords(config, url));
  } catch (error) {
    if (!roles.stopping) {
      log.error(plainWords(error, config));
      log.debug({ err: error });
      process.exitCode = 1;
      await roles.stop();
    }
  }
  await stopped;
  lock.release();
  // Whatever a library left open does not keep a stopped server alive.
  process.exit();
}

async function startRoles(config: Config, roles: Roles, log: Log): Promise<{ url: string }> {
  const database = await roles.start("database", async () => {
    const opened = await connect(config, log);
    return { value: opened, stop: () => opened.close() };
  });
  const app = await roles.start("app", async () => {
    const started = await startApp({ config, database, log });
    return { value: started, stop: () => started.stop() };
  });
  if (config.demo && config.roles.includes("api")) await fillWithDemo({ url: app.url, database, log });
  return app;
}

/** Of several processes each says which one it is; of one alone, people want its address. */
function readyWords({ nats, roles, port, url }: Config, listensAt: string): string {
  const open = `open ${port === 0 ? listensAt : url}`;
  if (nats === undefined) return `Sotto is ready: ${open}`;
  return `Sotto is ready as ${roles.join(", ")} at ${listensAt}${roles.includes("api") ? `: ${open}` : ""}`;
}

function takenWords({ dataDir }: Config, by: Instance | undefined): string {
  const who = by === undefined ? "" : ` at ${by.url} (process ${by.pid})`;
  return `Sotto is already running${who} with the data in ${dataDir}: give this one another SOTTO_DATA, or stop that one.`;
}

/** A server without its demo is a server still. */
async function fillWithDemo(options: { url: string; database: Database; log: Log }): Promise<void> {
  const { seedDemo } = await import("./cli/demo.ts");
  try {
    await seedDemo(options);
  } catch (error) {
    options.log.error({ err: error }, "the demo community could not be made");
  }
}

/** Resolves when everything has stopped. */
function stopWhenAsked(roles: Roles, log: Log): Promise<void> {
  const fail = (error: unknown) => {
    log.error({ err: error }, "something failed that nobody caught: stopping");
    process.exitCode = 1;
    void roles.stop();
  };
  process.on("uncaughtException", fail);
  // One piece of work failed with nobody listening; what it had begun in the database is undone. The others go on.
  process.on("unhandledRejection", (error) => log.error({ err: error }, "a failure that nobody waited for"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (!roles.stopping) log.info("stopping");
      void roles.stop();
    });
  }
  return roles.stopped;
}

function plainWords(error: unknown, config: Config): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === "EADDRINUSE") return `Port ${config.port} is taken: choose another with SOTTO_PORT.`;
  if (code === "EACCES" && config.port < 1024)
    return `Port ${config.port} needs more rights: choose another with SOTTO_PORT.`;
  if (config.databaseUrl !== undefined && /connect/i.test(message ?? ""))
    return `PostgreSQL at ${new URL(config.databaseUrl).host} cannot be reached (${message}): check DATABASE_URL.`;
  return message ?? String(error);
}

function exitWith(code: number, words: string): void {
  console.error(words);
  process.exitCode = code;
}
