import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../apps/server/src/db/embedded-postgres.ts";
import { silentLog } from "../../apps/server/src/log.ts";

/** One PostgreSQL for the whole run: making one for each test file would take more time than the tests. */
export async function sharedDatabase(): Promise<AsyncDisposable & { socketDir: string }> {
  const dataDir = join(tmpdir(), `sotto-test-${process.pid}`);
  mkdirSync(dataDir, { recursive: true });
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  return {
    socketDir: server.socketDir,
    async [Symbol.asyncDispose]() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
