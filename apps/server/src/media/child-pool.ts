import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { refuse, Refusal } from "../errors.ts";
import { limitedCommand } from "../limited-child.ts";
import type { Log } from "../log.ts";
import type { Transformed, TransformJob } from "./renditions.ts";
import type { ChildMessage } from "./transform-child.ts";
import { takeTurns, type Turns } from "./turns.ts";

/**
 * Runs decoding in child processes, at most `children` at a time; one more stands ready, so that no photo waits for a start. It
 * takes the photo of somebody who has none under way even while the others are busy: nobody holds all of them.
 *
 * A child lives for `jobsPerChild` photos and ends early after a crash, a timeout, or a file that a decoder refused: nothing that
 * met a strange file sees the next person's photo. (One photo a child: 255 ms for each of 12 megapixels on two
 * cores, against 117.)
 */
export interface ChildPool extends AsyncDisposable {
  /** Throws when the fault is not the photo's: `PoolClosed` when the server is about to end. Owners take turns. */
  run(job: TransformJob, ownerId?: string): Promise<Transformed | Refusal>;
  /** Lets go of what waits at once, and of what runs after `finishWithinMs`; both throw, and may be run again. */
  close(options?: { finishWithinMs: number }): Promise<void>;
}

export interface ChildPoolOptions {
  log: Log;
  children?: number;
  jobsPerChild?: number;
  /** Wall clock of one photo; then the child is killed. */
  timeoutMs?: number;
}

export class PoolClosed extends Error {
  constructor() {
    super("the photo children are stopping");
  }
}

export function createChildPool(options: ChildPoolOptions): ChildPool {
  const pool = new Pool(options);
  return {
    run: (job, ownerId = "") => pool.run(job, ownerId),
    close: ({ finishWithinMs } = { finishWithinMs: 0 }) => pool.close(finishWithinMs),
    [Symbol.asyncDispose]: () => pool.close(0),
  };
}

/** Of one child's whole life. */
const cpuSeconds = 300;
/** More than children can stand ready: all of them may have been killed at once. */
const attemptsAtMost = availableParallelism() + 4;

interface Child {
  process: Subprocess;
  jobs: number;
  ready: boolean;
  gone: boolean;
  /** The photo has reached it: what ends it now may be the photo. */
  began: boolean;
  answer: ((outcome: ChildMessage | { is: "died" }) => void) | null;
}

type Outcome = Exclude<ChildMessage, { is: "ready" | "began" }> | { is: "died" | "timeout" | "missed" };

interface Waiting {
  ownerId: string;
  taken: PromiseWithResolvers<Child>;
}

class Pool {
  private readonly options: Required<ChildPoolOptions>;
  private readonly turns: Turns;
  private readonly all = new Set<Child>();
  private readonly waiting: Waiting[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  private busy = 0;
  private closed = false;

  constructor(options: ChildPoolOptions) {
    this.options = { children: availableParallelism(), jobsPerChild: 64, timeoutMs: 15_000, ...options };
    this.turns = takeTurns({ shared: this.options.children });
    this.fill();
  }

  /**
   * A child that dies over a photo gets one successor: the machine may have been at fault. The second death is the photo's. One
   * that was gone before the photo reached it does not count.
   */
  async run(job: TransformJob, ownerId: string): Promise<Transformed | Refusal> {
    let deaths = 0;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(job, ownerId);
      if (outcome.is === "done") return outcome.photo;
      if (outcome.is === "refused") return refuse(outcome.refused.code, { detail: outcome.refused.detail });
      if (outcome.is === "failed") throw new Error(`a photo child failed: ${outcome.reason}`);
      if (this.closed) throw new PoolClosed();
      if (outcome.is === "timeout") return refuse("damaged_media", { detail: "This photo takes too long to open." });
      this.options.log.warn({ attempt, outcome: outcome.is }, "a photo child died");
      if (outcome.is === "died") deaths += 1;
      if (deaths === 2 || attempt === attemptsAtMost)
        return refuse("damaged_media", { detail: "This photo is damaged: it cannot be opened." });
    }
  }

  async close(finishWithinMs: number): Promise<void> {
    this.closed = true;
    for (const { taken } of this.waiting.splice(0)) taken.reject(new PoolClosed());
    await Promise.race([Promise.allSettled(this.underWay), Bun.sleep(finishWithinMs)]);
    const exits = [...this.all].map(({ process: child }) => child.exited);
    for (const child of this.all) child.process.kill("SIGKILL");
    await Promise.all(exits);
  }

  private async attempt(job: TransformJob, ownerId: string): Promise<Outcome> {
    const child = await this.take(ownerId);
    const answer = this.ask(child, job);
    this.underWay.add(answer);
    const outcome = await answer;
    this.underWay.delete(answer);
    this.turns.end(ownerId);
    this.give(child, outcome.is === "done" || (outcome.is === "refused" && !outcome.decoded));
    return outcome;
  }

  private async ask(child: Child, job: TransformJob): Promise<Outcome> {
    const answered = Promise.withResolvers<ChildMessage | { is: "died" }>();
    child.answer = answered.resolve;
    child.began = false;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.process.kill("SIGKILL");
    }, this.options.timeoutMs);
    // It may have ended between being chosen and now.
    if (child.gone || !trySend(child, job)) answered.resolve({ is: "died" });
    const outcome = await answered.promise;
    clearTimeout(timer);
    child.answer = null;
    if (outcome.is !== "died" && outcome.is !== "ready" && outcome.is !== "began") return outcome;
    if (late) return { is: "timeout" };
    return { is: child.began ? "died" : "missed" };
  }

  private take(ownerId: string): Promise<Child> {
    if (this.closed) throw new PoolClosed();
    const taken = Promise.withResolvers<Child>();
    this.waiting.push({ ownerId, taken });
    this.serve();
    this.fill();
    return taken.promise;
  }

  private give(child: Child, healthy: boolean): void {
    this.busy -= 1;
    child.jobs += 1;
    if (healthy && child.jobs < this.options.jobsPerChild) child.ready = true;
    else this.retire(child);
    this.serve();
  }

  private retire(child: Child): void {
    this.all.delete(child);
    child.process.kill("SIGKILL");
    this.fill();
  }

  /** One more than work: it stands ready for whatever comes next. An idle server holds one child, not one for each core. */
  private fill(): void {
    const wanted = Math.min(this.busy + this.waiting.length, this.options.children) + 1;
    while (!this.closed && this.all.size < wanted) this.all.add(this.spawn());
  }

  private serve(): void {
    for (;;) {
      const place = this.turns.next(this.waiting);
      const idle = [...this.all].find((child) => child.ready && child.answer === null);
      const [next] = place === null || idle === undefined || this.closed ? [] : this.waiting.splice(place, 1);
      if (next === undefined || idle === undefined) return;
      this.busy += 1;
      this.turns.begin(next.ownerId);
      idle.ready = false;
      next.taken.resolve(idle);
    }
  }

  private spawn(): Child {
    const child: Child = {
      jobs: 0,
      ready: false,
      gone: false,
      began: false,
      answer: null,
      process: Bun.spawn(limitedCommand(join(import.meta.dir, "transform-child.ts"), { cpuSeconds }), {
        stdio: ["ignore", "ignore", "ignore"],
        serialization: "json",
        env: { VIPS_BLOCK_UNTRUSTED: "1", VIPS_WARNING: "0" },
        ipc: (message: ChildMessage) => this.hear(child, message),
        onExit: () => this.lose(child),
      }),
    };
    return child;
  }

  private hear(child: Child, message: ChildMessage): void {
    if (message.is === "began") return void (child.began = true);
    if (message.is !== "ready") return child.answer?.(message);
    child.ready = true;
    this.serve();
  }

  private lose(child: Child): void {
    child.ready = false;
    child.gone = true;
    const known = this.all.delete(child);
    if (child.answer !== null) return child.answer({ is: "died" });
    // One that dies before its first job would be started again at once, for ever: wait a moment.
    if (known && !this.closed) this.options.log.warn("a photo child ended by itself");
    if (known) setTimeout(() => this.fill(), 1000).unref();
  }
}

/** Sending to a process that is gone throws. */
function trySend(child: Child, job: TransformJob): boolean {
  try {
    child.process.send(job);
    return true;
  } catch {
    return false;
  }
}
