import { join } from "node:path";
import type { Media, MediaState } from "@sotto/protocol/types.ts";
import type { Config } from "../config.ts";
import type { Database } from "../db/connect.ts";
import type { Sql } from "../db/sql.ts";
import type { Refusal } from "../errors.ts";
import type { Handlers } from "../handler.ts";
import { prepareQueue } from "../jobs/worker.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Log } from "../log.ts";
import type { Blobs } from "../ports/blobs.ts";
import { mediaJobs } from "./jobs.ts";
import { takeFetched, type FetchedImage } from "./fetched.ts";
import { mediaHandlers } from "./handlers.ts";
import { blobQuarantine, quarantinePrefix } from "./quarantine-blobs.ts";
import { diskQuarantine } from "./quarantine-disk.ts";
import type { Quarantine } from "./quarantine.ts";
import { deleteBlobs, purgeMedia } from "./purge.ts";
import { serveRoute } from "./serve.ts";
import { mediaViews } from "./store.ts";
import { uploadRoute } from "./upload.ts";

export interface MediaOptions {
  /** With `s3` uploads lie in `blobs`, where every process reaches them. */
  config: Pick<Config, "dataDir" | "s3">;
  database: Pick<Database, "sql" | "pgConfig">;
  blobs: Blobs;
  log: Log;
  /** Whether this process does the jobs: the children, the sweeps (it does, unless told). All others take uploads and serve. */
  work?: boolean;
  /** Counts an upload that a person begins; a refusal when it was one too many. */
  limitUpload: (personId: string) => Promise<Refusal | null>;
  /** A hint to the owner that a medium is ready or failed. */
  notify: (ownerId: string, media: MediaState) => void;
  now?: () => Date;
  /** Room on the disk that uploads leave free. */
  reserveBytes?: number;
}

export interface RunningMedia {
  views: (mediaIds: readonly string[]) => Promise<Map<string, Media>>;
  purge: { purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>; deleteBlobs: () => Promise<void> };
  /** Takes an image that the server fetched itself into the pipeline; answers it once it is ready, null when it is not in time. */
  fetched: (image: FetchedImage) => Promise<Media | null>;
  handlers: Handlers;
  routes: { upload: ReturnType<typeof uploadRoute>; serve: ReturnType<typeof serveRoute> };
  /** What a worker does for it; called once, by the process that does it. */
  jobs: () => Jobs;
}

/** The photo pipeline: media/upload → verify → transform (child process) → store → serve. */
export async function startMedia(options: MediaOptions): Promise<RunningMedia> {
  const { database, blobs, log, limitUpload, notify, now = () => new Date(), work = true } = options;
  const { sql } = database;
  const quarantine = await openQuarantine({ ...options, now, work });
  const deps = { sql, blobs, quarantine, log, now, limitUpload, notify };
  await prepareQueue(options);
  return {
    views: (mediaIds) => mediaViews(sql, mediaIds),
    purge: {
      purge: async (tx, mediaIds) => {
        await purgeMedia(tx, mediaIds, now());
      },
      deleteBlobs: () => deleteListed(deps),
    },
    fetched: async (image) => await takeFetched(deps, image),
    handlers: mediaHandlers(deps),
    routes: { upload: uploadRoute(deps), serve: serveRoute(deps) },
    jobs: () => mediaJobs(deps),
  };
}

/** The rows are gone and nothing serves the bytes: what cannot be deleted now is the sweep's. */
async function deleteListed(deps: { sql: Sql; blobs: Blobs; log: Log }): Promise<void> {
  try {
    await deleteBlobs(deps);
  } catch (error) {
    deps.log.error({ err: error }, "bytes of removed photos could not be deleted yet");
  }
}

async function openQuarantine(options: MediaOptions & { now: () => Date; work: boolean }): Promise<Quarantine> {
  const { config, database, blobs, now, work, reserveBytes = 256 * 1024 * 1024 } = options;
  const dir = join(config.dataDir, "quarantine");
  if (config.s3 === undefined) return await diskQuarantine({ dir, reserveBytes });
  // A wrong key, or a bucket that is not there, stands in the log at once, and not with the first photo.
  void blobs.list({ prefix: quarantinePrefix, limit: 1 }).catch(() => {});
  return await blobQuarantine({ sql: database.sql, blobs, now, workDir: dir, work });
}
