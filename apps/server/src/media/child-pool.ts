import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { refuse, Refusal } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Transformed, TransformJob } from "./renditions.ts";
import type { ChildMessage } from "./transform-child.ts";

/**
 * Runs decoding in child processes, at most `children` at a time; one more stands ready, so that no photo waits for a start.
 *
 * A child lives for `jobsPerChild` photos and ends early after a crash, a timeout, or a file that a decoder refused: nothing that
 * met a strange file sees the next person's photo. (One photo a child: 255 ms for each of 12 megapixels on two
 * cores, against 117.)
 */
export interface ChildPool extends AsyncDisposable {
  /** Throws when the fault is not the photo's. */
  run(job: TransformJob): Promise<Transformed | Refusal>;
  /** Kills what runs; jobs under way end as damaged. */
  close(): Promise<void>;
}

export interface ChildPoolOptions {
  log: Log;
  children?: number;
  jobsPerChild?: number;
  /** Wall clock of one photo; then the child is killed. */
  timeoutMs?: number;
}

export function createChildPool(options: ChildPoolOptions): ChildPool {
  const pool = new Pool(options);
  return { run: (job) => pool.run(job), close: () => pool.close(), [Symbol.asyncDispose]: () => pool.close() };
}

/** Less than 2.5 GB makes the runtime hang instead of failing; it reserves much more than it touches. */
const addressSpaceBytes = 4 * 1024 ** 3;
/** Of one child's whole life. */
const cpuSeconds = 300;
const prlimit = Bun.which("prlimit");

interface Child {
  process: Subprocess;
  jobs: number;
  ready: boolean;
  gone: boolean;
  answer: ((outcome: ChildMessage | { is: "died" }) => void) | null;
}

class Pool {
  private readonly options: Required<ChildPoolOptions>;
  private readonly all = new Set<Child>();
  private readonly waiting: ((child: Child) => void)[] = [];
  private busy = 0;
  private closed = false;

  constructor(options: ChildPoolOptions) {
    this.options = { children: availableParallelism(), jobsPerChild: 64, timeoutMs: 30_000, ...options };
    this.fill();
  }

  /** A child that dies by itself gets one successor: the machine may have been at fault. The second death is the photo's. */
  async run(job: TransformJob): Promise<Transformed | Refusal> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(job);
      if (outcome.is === "done") return outcome.photo;
      if (outcome.is === "refused") return refuse(outcome.refused.code, { detail: outcome.refused.detail });
      if (outcome.is === "failed") throw new Error(`a photo child failed: ${outcome.reason}`);
      if (this.closed) throw new Error("the photo children are stopping");
      if (outcome.is === "timeout") return refuse("damaged_media", { detail: "This photo takes too long to open." });
      this.options.log.warn({ attempt }, "a photo child died");
      if (attempt === 2) return refuse("damaged_media", { detail: "This photo is damaged: it cannot be opened." });
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const exits = [...this.all].map(({ process: child }) => child.exited);
    for (const child of this.all) child.process.kill("SIGKILL");
    await Promise.all(exits);
  }

  private async attempt(
    job: TransformJob,
  ): Promise<Exclude<ChildMessage, { is: "ready" }> | { is: "died" | "timeout" }> {
    const child = await this.take();
    const answered = Promise.withResolvers<ChildMessage | { is: "died" }>();
    child.answer = answered.resolve;
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
    this.give(child, outcome.is === "done" || (outcome.is === "refused" && !outcome.decoded));
    if (outcome.is === "ready") return { is: "died" };
    return outcome.is === "died" && late ? { is: "timeout" } : outcome;
  }

  private take(): Promise<Child> {
    const taken = Promise.withResolvers<Child>();
    this.waiting.push(taken.resolve);
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
    while (this.waiting.length > 0 && this.busy < this.options.children) {
      const idle = [...this.all].find((child) => child.ready && child.answer === null);
      if (idle === undefined) return;
      this.busy += 1;
      idle.ready = false;
      this.waiting.shift()?.(idle);
    }
  }

  private spawn(): Child {
    const limited = prlimit === null ? [] : [prlimit, `--as=${addressSpaceBytes}`, `--cpu=${cpuSeconds}`, "--core=0"];
    const child: Child = {
      jobs: 0,
      ready: false,
      gone: false,
      answer: null,
      process: Bun.spawn([...limited, process.execPath, join(import.meta.dir, "transform-child.ts")], {
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
