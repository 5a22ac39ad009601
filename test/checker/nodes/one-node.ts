import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../../apps/server/src/db/connect.ts";
import { databaseName, databaseUser, socketPort } from "../../../apps/server/src/db/embedded-settings.ts";
import { isAlive, readPostmaster } from "../../../apps/server/src/db/postmaster.ts";
import { freePort } from "../../../apps/server/test/crash-server.ts";
import { buildFileLayer } from "../power/file-layer.ts";
import { backupsOf } from "../restore/backups.ts";
import type { Cluster } from "./cluster.ts";
import { makeNode } from "./node.ts";
import { mountSmallDisk } from "./small-disk.ts";

const underPostgres = join(import.meta.dir, "../power/under-postgres.ts");

/** The product as it comes: one process, everything embedded. */
export async function startOneNode(options: {
  preloads: readonly string[];
  /** Everything on a small file system of its own, where that can be had. */
  smallDisk: boolean;
  /** Its PostgreSQL runs on the file layer of the power cut. */
  power: boolean;
  /** The folder is left where it lies, and `say` says where. */
  keep: boolean;
  say: (words: string) => void;
}): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), "sotto-check-"));
  chmodSync(dir, 0o755);
  const disk = options.smallDisk ? await mountSmallDisk(join(dir, "disk")) : null;
  const dataDir = join(disk?.path ?? dir, "data");
  mkdirSync(dataDir, { recursive: true });
  const layer = options.power ? await buildFileLayer({ dir, root: join(dataDir, "postgres/") }) : null;
  const node = await makeNode({
    name: "node1",
    port: freePort(),
    dir,
    env: { SOTTO_DATA: dataDir, ...(layer && { SOTTO_TEST_POWER: JSON.stringify(layer.env) }) },
    preloads: [...options.preloads, ...(layer ? [underPostgres] : [])],
  });
  const postmaster = () => readPostmaster(join(dataDir, "postgres"));
  const stop = async () => {
    await node[Symbol.asyncDispose]();
    const left = postmaster()?.pid ?? 0;
    for (let waitedMs = 0; left > 0 && isAlive(left) && waitedMs < 20_000; waitedMs += 50) await Bun.sleep(50);
    if (options.keep) return options.say(`left in ${dir}`);
    await disk?.[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  };
  await node.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    nodes: [node],
    database: {
      postmasterPid: () => postmaster()?.pid ?? 0,
      // The server starts it again by itself: that is what is under test.
      ensure: async () => await node.ready(),
    },
    open: () =>
      openDatabase(
        {
          is: "socket",
          socketDir: postmaster()?.socketDir ?? "",
          port: socketPort,
          user: databaseUser,
          database: databaseName,
        },
        { max: 2 },
      ),
    blobsDir: join(dataDir, "blobs"),
    logFiles: [join(dir, "node1.log")],
    ...(disk && { smallDisk: disk.path }),
    backups: backupsOf({ dataDir, dir }),
    ...(layer && { losePower: layer.takeBack }),
    [Symbol.asyncDispose]: stop,
  };
}
