import { availableParallelism } from "node:os";
import { limits } from "@sotto/protocol/limits.ts";
import * as z from "zod";
import type { Jobs } from "../jobs/jobs.ts";
import type { Log } from "../log.ts";
import { createChildPool } from "./child-pool.ts";
import { processMedia, type ProcessDeps } from "./process.ts";
import { tracedRoot } from "../telemetry/traces.ts";
import { requeueInterrupted, sweepMedia } from "./sweep.ts";

/** What does not end within a second is begun anew at the next start. */
const finishWithinMs = 1_000;
const payload = z.object({ mediaId: z.uuid() });

/** The jobs of this feature, with the children that do them. */
export function mediaJobs(options: Omit<ProcessDeps, "pool"> & { log: Log }): Jobs {
  const pool = createChildPool({ log: options.log });
  const deps = { ...options, pool };
  return {
    tasks: mediaTasks(deps),
    // Every five minutes; a run that a stopped server missed is not made up for.
    crontab: ["*/5 * * * * media:sweep ?jobKey=media-sweep"],
    // Jobs wait for their turn in the child pool, which knows whose they are: one person's alone never fill the places here.
    concurrency: limits.pendingUploads + availableParallelism() + 1,
    begin: async () => void (await requeueInterrupted(deps)),
    end: async () => await pool.close({ finishWithinMs }),
  };
}

function mediaTasks(deps: ProcessDeps): Jobs["tasks"] {
  return {
    "media:process": async (given, { job }) => {
      const { mediaId } = payload.parse(given);
      const lastAttempt = job.attempts >= job.max_attempts;
      const about = () => ({ "sotto.media_id": mediaId, "sotto.attempt": job.attempts });
      await tracedRoot("job media:process", about, async () => await processMedia(deps, mediaId, { lastAttempt }));
    },
    "media:sweep": async () => {
      await sweepMedia(deps);
    },
  };
}
