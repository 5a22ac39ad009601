import type { Handlers } from "../handler.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Log } from "../log.ts";
import { claimPreview } from "./attach.ts";
import { createPreview, type CreateDeps } from "./create.ts";
import { lookProcesses } from "./look-process.ts";
import { oneFlight } from "./one-flight.ts";
import { dropUnused } from "./store.ts";

export interface RunningPreviews {
  handlers: Handlers;
  /** For the transaction of a message. */
  claim: typeof claimPreview;
  jobs: () => Jobs;
  stop: () => Promise<void>;
}

/** Link previews (C21): the server goes to an address, so that nobody's device does (T12). */
export function startLinkPreviews(
  options: Omit<CreateDeps, "looks" | "now"> & { log: Log; now?: () => Date },
): RunningPreviews {
  const { log, sql, media, now = () => new Date() } = options;
  const looks = lookProcesses({ log });
  const deps: CreateDeps = { ...options, looks, now };
  const once = oneFlight<Awaited<ReturnType<typeof createPreview>>>();
  return {
    handlers: {
      "linkPreviews.create": async ({ url }, { personId }) =>
        await once(`${personId} ${url}`, async () => await createPreview(deps, { ownerId: personId, url })),
    },
    claim: claimPreview,
    jobs: () => ({
      tasks: {
        "link-previews:sweep": async () => {
          await sql.begin(async (tx) => await media.purge(tx, await dropUnused(tx, now())));
          await media.deleteBlobs();
        },
      },
      crontab: ["*/5 * * * * link-previews:sweep ?jobKey=link-previews-sweep"],
      concurrency: 1,
    }),
    stop: async () => await looks.close(),
  };
}
