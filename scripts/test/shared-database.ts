import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownerFile, placesElsewhere } from "../../apps/server/src/db/embedded-home.ts";
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
      sweepPlacesElsewhere();
    },
  };
}

/**
 * Run by root, servers whose data folder is a temporary one of mode 0700 keep their database in /var/lib/sotto. Takes away
 * those whose temporary folder is gone.
 */
function sweepPlacesElsewhere(): void {
  if (!existsSync(placesElsewhere)) return;
  for (const name of readdirSync(placesElsewhere)) {
    const place = join(placesElsewhere, name);
    const owner = join(place, ownerFile);
    if (!existsSync(owner) || existsSync(join(place, "postgres/postmaster.pid"))) continue;
    const folder = readFileSync(owner, "utf8").trim();
    if (folder.startsWith(`${realpathSync(tmpdir())}/`) && !existsSync(folder))
      rmSync(place, { recursive: true, force: true });
  }
}
