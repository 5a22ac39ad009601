import { expireMessages, type ExpireDeps } from "./expire.ts";
import { endOnceViews } from "./once-end.ts";
import { settleQuotes } from "./quotes-due.ts";
import { SetAside } from "./set-aside.ts";

export interface Rounds {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * What time does to messages (C19), and what a change left to do, once a second: a worker's. A round that found much goes on at
 * once with the rest.
 */
export function startRounds(deps: ExpireDeps & { everyMs?: number }): Rounds {
  const { everyMs = 1_000, onError } = deps;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Promise<void> = Promise.resolve();
  const aside = { expiring: new SetAside(), once: new SetAside(), quotes: new SetAside() };
  const step = async () => {
    const expired = await expireMessages(deps, aside.expiring);
    const ended = await endOnceViews(deps, aside.once);
    const settled = await settleQuotes(deps, aside.quotes);
    return expired + ended + settled > 0;
  };
  const round = async () => {
    try {
      while (!stopped && (await step()));
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
