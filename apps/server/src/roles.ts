import type { Log } from "./log.ts";

/** Past this (and what a role was promised beside it) a role that does not stop is left behind: the next one, and the database at last, still gets its turn. */
const stopTimeoutMs = 30_000;

/**
 * What a process runs, in the order it was started. Stopping goes in reverse, waits for a start that is under way, and
 * happens once however often it is asked for.
 */
export class Roles {
  readonly stopped: Promise<void>;
  stopping = false;
  readonly #log: Log;
  readonly #stopTimeoutMs: number;
  readonly #running: { name: string; stop(): Promise<void> }[] = [];
  readonly #allStopped = Promise.withResolvers<void>();
  #starting: Promise<unknown> = Promise.resolve();

  /** `patienceMs`: that a stop may take for good reasons. */
  constructor(log: Log, options: { patienceMs: number } = { patienceMs: 0 }) {
    this.#log = log;
    this.#stopTimeoutMs = stopTimeoutMs + options.patienceMs;
    this.stopped = this.#allStopped.promise;
  }

  /** Rejects when the process is already stopping. */
  async start<T>(name: string, begin: () => Promise<{ value: T; stop(): Promise<void> }>): Promise<T> {
    if (this.stopping) throw new Error("stopping");
    const started = begin().then(({ value, stop }) => {
      this.#running.push({ name, stop });
      return value;
    });
    this.#starting = started.catch(() => {});
    const value = await started;
    if (this.stopping) throw new Error("stopping");
    return value;
  }

  async stop(): Promise<void> {
    if (this.stopping) return this.stopped;
    this.stopping = true;
    await this.#starting;
    for (const role of this.#running.toReversed()) await this.#stopOne(role);
    this.#allStopped.resolve();
  }

  async #stopOne(role: { name: string; stop(): Promise<void> }): Promise<void> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not stopped after ${this.#stopTimeoutMs} ms`)), this.#stopTimeoutMs);
    });
    try {
      await Promise.race([role.stop(), late]);
    } catch (error) {
      this.#log.error({ err: error }, `the ${role.name} did not stop well`);
      process.exitCode = 1;
    } finally {
      clearTimeout(timer);
    }
  }
}
