import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startApp } from "./app.ts";
import type { Haste } from "./foundation.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/connect.ts";
import { testDatabase } from "./test-database.ts";
import { silentLog } from "./log.ts";

export interface TestServer extends AsyncDisposable {
  url: string;
  database: Database;
  dataDir: string;
  stop(): Promise<void>;
}

/** High enough that no test meets a limit that it did not ask for. */
const generous: Config["limits"] = {
  signInsPerWindow: 1_000_000,
  signInWindowMinutes: 15,
  signUpsPerHour: 1_000_000,
  sendsPerSecond: 1_000_000,
  strangersPerDay: 100_000,
  requestCooldownDays: 7,
};

/** The whole server for a test: a fresh database, a free port on loopback, a folder of its own. Gone with `await using`. */
export async function startTestServer(
  options: { config?: Partial<Omit<Config, "limits">>; limits?: Partial<Config["limits"]>; haste?: Haste } = {},
): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), "sotto-server-"));
  const database = await testDatabase({ max: 8 });
  const config = testConfig({ dataDir, ...options });
  const { haste } = options;
  const app = await startApp({ config, database, log: silentLog(), ...(haste && { haste }) });
  let stopped: Promise<void> | undefined;
  const stop = () =>
    (stopped ??= (async () => {
      await app.stop();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    })());
  return { url: app.url, database, dataDir, stop, [Symbol.asyncDispose]: stop };
}

/** How a test's server is set up, for tests that start the parts themselves. */
export function testConfig(options: {
  dataDir: string;
  config?: Partial<Omit<Config, "limits">>;
  limits?: Partial<Config["limits"]>;
}): Config {
  return {
    url: "http://localhost",
    host: "127.0.0.1",
    port: 0,
    dataDir: options.dataDir,
    secret: "a secret for tests, long enough to be one",
    trustProxy: false,
    origins: [],
    allowInternal: [],
    databaseUrl: undefined,
    databaseConnections: 8,
    roles: ["api", "gateway", "worker"],
    nats: undefined,
    s3: undefined,
    mail: undefined,
    push: { delayMs: 100 },
    drainSeconds: 0,
    operations: { metricsToken: undefined, tracesUrl: undefined, ledgerDir: undefined, backupKey: undefined },
    logLevel: "silent",
    defaultWhoMayMessage: "friends",
    editWindowMinutes: 15,
    demo: false,
    ...options.config,
    limits: { ...generous, ...options.limits },
  };
}
