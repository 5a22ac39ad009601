import { join } from "node:path";
import { limitedCommand } from "../limited-child.ts";
import type { Log } from "../log.ts";
import { takeTurns } from "../media/turns.ts";
import type { LookJob, Seen } from "./look.ts";
import type { LookAnswer } from "./look-child.ts";

/** Looks at pages in processes of their own, each for one page. People take turns: nobody's slow pages hold all of them. */
export interface LookProcesses {
  /** Null: nothing to show, whatever the reason; also when the process died of it. `busy`: too many wait already. */
  look(job: LookJob, ownerId: string): Promise<Seen | null | "busy">;
  /** Ends what runs. */
  close(): Promise<void>;
}

interface LookOptions {
  log: Log;
  atOnce?: number;
  waitingAtMost?: number;
  /** Wall clock of one page with its image; then its process is killed. */
  timeoutMs?: number;
}

const cpuSeconds = 10;

export function lookProcesses(options: LookOptions): LookProcesses {
  const { log, atOnce = 4, waitingAtMost = 64, timeoutMs = 12_000 } = options;
  const turns = takeTurns({ shared: atOnce });
  const waiting: { ownerId: string; begin: () => void }[] = [];
  const running = new Set<Bun.Subprocess>();
  let underWay = 0;
  let closed = false;
  const serve = () => {
    for (let place = turns.next(waiting); place !== null; place = turns.next(waiting)) {
      if (underWay >= atOnce * 2) return;
      for (const next of waiting.splice(place, 1)) {
        underWay += 1;
        turns.begin(next.ownerId);
        next.begin();
      }
    }
  };
  return {
    look: async (job, ownerId) => {
      if (closed || waiting.length >= waitingAtMost) return "busy";
      await new Promise<void>((begin) => {
        waiting.push({ ownerId, begin });
        serve();
      });
      if (closed) return "busy";
      try {
        return await lookOnce({ job, running, timeoutMs, log });
      } finally {
        underWay -= 1;
        turns.end(ownerId);
        serve();
      }
    },
    close: async () => {
      closed = true;
      for (const { begin } of waiting.splice(0)) begin();
      const exits = [...running].map((child) => child.exited);
      for (const child of running) child.kill("SIGKILL");
      await Promise.all(exits);
    },
  };
}

interface Look {
  job: LookJob;
  running: Set<Bun.Subprocess>;
  timeoutMs: number;
  log: Log;
}

async function lookOnce({ job, running, timeoutMs, log }: Look): Promise<Seen | null> {
  const answered = Promise.withResolvers<Seen | null | "died">();
  const child = Bun.spawn(limitedCommand(join(import.meta.dir, "look-child.ts"), { cpuSeconds, flags: ["--smol"] }), {
    stdio: ["ignore", "ignore", "ignore"],
    serialization: "json",
    env: {},
    ipc: ({ seen }: LookAnswer) => answered.resolve(seen),
    onExit: () => answered.resolve("died"),
  });
  running.add(child);
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  child.send(job);
  const outcome = await answered.promise;
  clearTimeout(timer);
  child.kill("SIGKILL");
  await child.exited;
  running.delete(child);
  if (outcome !== "died") return outcome;
  log.warn("a page ended the process that looked at it");
  return null;
}
