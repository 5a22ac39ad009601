import type { TaskList } from "graphile-worker";
import * as z from "zod";
import { processMedia, type ProcessDeps } from "./process.ts";
import { tracedRoot } from "../telemetry/traces.ts";
import { sweepMedia } from "./sweep.ts";

const payload = z.object({ mediaId: z.uuid() });

/** The jobs of this feature, by their names in the queue. */
export function mediaTasks(deps: ProcessDeps): TaskList {
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

/** Every five minutes; a run that a stopped server missed is not made up for. */
export const mediaCrontab = "*/5 * * * * media:sweep ?jobKey=media-sweep";
