import type { Jobs } from "../jobs/jobs.ts";
import { tracedRoot } from "../telemetry/traces.ts";
import { queuePush } from "./queue.ts";
import { runPush, type PushJobDeps } from "./push-job.ts";
import { pushPayload } from "./tags.ts";

/** They wait for push services, not for this machine. */
const pushesAtOnce = 16;
/** Of one person: whose push service does not answer holds up nobody else. */
const pushesPerPerson = 2;
const nextTurnMs = 2_000;

export function pushTasks(deps: PushJobDeps): Pick<Jobs, "tasks" | "concurrency"> {
  const running = new Map<string, number>();
  return {
    concurrency: pushesAtOnce,
    tasks: {
      "notifications:push": async (given) => {
        const payload = pushPayload.parse(given);
        const { personId } = payload;
        const count = running.get(personId) ?? 0;
        if (count >= pushesPerPerson) return await queuePush(deps.sql, payload, new Date(Date.now() + nextTurnMs));
        running.set(personId, count + 1);
        try {
          await tracedRoot(
            "job notifications:push",
            () => ({}),
            async () => await runPush(deps, payload),
          );
        } finally {
          const left = (running.get(personId) ?? 1) - 1;
          if (left > 0) running.set(personId, left);
          else running.delete(personId);
        }
      },
    },
  };
}
