import { expireMessages, type ExpireDeps } from "./expire.ts";
import { endOnceViews } from "./once-end.ts";

export interface Rounds {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** What time does to messages, once a second: a worker's (C19). A round that found much goes on at once with the rest. */
export function startRounds(deps: ExpireDeps & { everyMs?: number }): Rounds {
  const { everyMs = 1_000, onError } = deps;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> = Promise.resolve();
  const round = async () => {
    try {
      while (!stopped && (await expireMessages(deps)) + (await endOnceViews(deps)) > 0);
    } catch (error) {
      onError(error);
    }
  };
  const schedule = () => {
    if (stopped) return;
    timer = setTimeout(() => void (running = round()).then(schedule), everyMs);
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
