import { existsSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { ownFolder, type EmbeddedHome } from "./embedded-home.ts";
import { databaseUser, postgresMajor } from "./embedded-settings.ts";

/** Makes the cluster when there is none. It appears by a rename: an initdb that was killed leaves nothing half-made. */
export async function ensureCluster(home: EmbeddedHome, log: Log): Promise<void> {
  const version = await readFile(join(home.dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  if (version === undefined) return makeCluster(home, log);
  if (version.trim() !== String(postgresMajor)) {
    throw new Error(
      `${home.dataDir} was made by PostgreSQL ${version.trim()}, and this Sotto brings ${postgresMajor}.`,
    );
  }
}

async function makeCluster(home: EmbeddedHome, log: Log): Promise<void> {
  if (existsSync(home.dataDir)) throw new Error(`${home.dataDir} is there, and is not a database: move it away.`);
  log.info("making a new database");
  const fresh = `${home.dataDir}.new`;
  await rm(fresh, { recursive: true, force: true });
  await ownFolder(fresh, home.user);
  const words = ["-D", fresh, "-U", databaseUser, "--auth=trust", "--encoding=UTF8", "--locale=C"];
  const initdb = Bun.spawn([join(home.binaries, "bin/initdb"), ...words], {
    cwd: "/",
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C" },
    stdout: "ignore",
    stderr: "pipe",
    ...home.user.ids,
  });
  const said = await new Response(initdb.stderr).text();
  if ((await initdb.exited) !== 0) throw new Error(`initdb failed: ${said.trim()}`);
  await rename(fresh, home.dataDir);
}
