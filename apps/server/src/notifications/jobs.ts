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
/**
 * Of all whose push service was slow the last time, so many at once: somebody's own one may take seconds over each push, and 32 of them
 * had every place of a process, photos' and letters' as well.
 */
const slowAtOnce = 4;
const slowMs = 2_500;
const slowPeopleMost = 10_000;

export function pushTasks(deps: PushJobDeps): Pick<Jobs, "tasks" | "concurrency"> {
  const running = new Map<string, number>();
  const slowPeople = new Set<string>();
  let slowRunning = 0;
  const remember = (personId: string, tookMs: number | null) => {
    if (tookMs === null) return;
    slowPeople.delete(personId);
    if (tookMs < slowMs) return;
    slowPeople.add(personId);
    const [oldest] = slowPeople;
    if (slowPeople.size > slowPeopleMost && oldest !== undefined) slowPeople.delete(oldest);
  };
  return {
    concurrency: pushesAtOnce,
    tasks: {
      "notifications:push": async (given) => {
        const payload = pushPayload.parse(given);
        const { personId } = payload;
        const count = running.get(personId) ?? 0;
        const slow = slowPeople.has(personId);
        if (count >= pushesPerPerson || (slow && slowRunning >= slowAtOnce))
          return await queuePush(deps.sql, payload, new Date(Date.now() + nextTurnMs));
        running.set(personId, count + 1);
        if (slow) slowRunning += 1;
        try {
          const work = async () => remember(personId, await runPush(deps, payload));
          await tracedRoot("job notifications:push", () => ({}), work);
        } finally {
          if (slow) slowRunning -= 1;
          const left = (running.get(personId) ?? 1) - 1;
          if (left > 0) running.set(personId, left);
          else running.delete(personId);
        }
      },
    },
  };
}
