import type { NatsConnection, Subscription } from "@nats-io/transport-node";
import type { NatsAddress } from "../config-cluster.ts";
import type { Log } from "../log.ts";
import type { Bus, BusState, Hint } from "../ports/bus.ts";
import { counts } from "../telemetry/counts.ts";
import { dialForever } from "./bus-nats-dial.ts";
import { decodeHint, hintEncoder } from "./bus-nats-frames.ts";
import { Outflow } from "./bus-nats-outflow.ts";

export interface NatsBusOptions {
  address: NatsAddress;
  /** Keeps installations apart that share a broker. */
  prefix: string;
  log: Log;
}

/**
 * The bus of several processes: a subject for each person, `sotto.<prefix>.person.<id>`, and one for all processes. Starts
 * whether the broker is there or not, and comes back by itself, forever.
 */
export function natsBus(options: NatsBusOptions): Bus {
  return new NatsBus(options);
}

const gapBytes = new TextEncoder().encode("g");
const closeWithinMs = 2_000;
const watchWithinMs = 1_000;

class NatsBus implements Bus {
  readonly #prefix: string;
  readonly #log: Log;
  readonly #listeners = new Set<(hint: Hint) => void>();
  readonly #gapListeners = new Set<() => void>();
  /** Undefined: to be subscribed once the broker is there for the first time. */
  readonly #watched = new Map<string, Subscription | undefined>();
  readonly #encode = hintEncoder();
  readonly #outflow = new Outflow({ onLost: () => this.#tellOthers() });
  readonly #dialing: { stop(): Promise<void> };
  #nats: NatsConnection | undefined;
  #here = false;
  #closing = false;
  /** Several who watch in one turn ask the broker once. */
  #known: Promise<void> | undefined;

  constructor({ address, prefix, log }: NatsBusOptions) {
    this.#prefix = prefix;
    this.#log = log;
    this.#dialing = dialForever({
      address,
      log,
      opened: (connection) => this.#opened(connection),
      setHere: (here) => this.#setHere(here),
    });
  }

  publish(hint: Hint): void {
    for (const listener of this.#listeners) listener(hint);
    if (this.#here) this.#outflow.publish(this.#subjectOf(hint.personId), this.#encode(hint));
  }

  subscribe(listener: (hint: Hint) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watch(personId: string): Promise<void> | undefined {
    if (!this.#watched.has(personId)) this.#listen(personId);
    return this.#here ? (this.#known ??= Promise.resolve().then(() => this.#confirmWatched())) : undefined;
  }

  unwatch(personId: string): void {
    this.#watched.get(personId)?.unsubscribe();
    this.#watched.delete(personId);
  }

  onGap(listener: () => void): () => void {
    this.#gapListeners.add(listener);
    return () => this.#gapListeners.delete(listener);
  }

  announceGap(): void {
    this.#tellOthers();
    this.#gap();
  }

  state(): BusState {
    return this.#here ? "here" : "away";
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#listeners.clear();
    this.#gapListeners.clear();
    if (this.#here) await Promise.race([this.#nats?.drain().catch(() => {}), Bun.sleep(closeWithinMs)]);
    this.#here = false;
    await this.#dialing.stop();
  }

  #subjectOf(personId: string): string {
    return `sotto.${this.#prefix}.person.${personId}`;
  }

  get #everybody(): string {
    return `sotto.${this.#prefix}.all`;
  }

  #opened(connection: NatsConnection): void {
    this.#nats = connection;
    connection.subscribe(this.#everybody, { callback: (error) => void (error ?? this.#gap()) });
    for (const personId of this.#watched.keys()) this.#listen(personId);
    this.#setHere(true);
  }

  #listen(personId: string): void {
    const callback = (error: Error | null, message: { string(): string }) => {
      const hint = error ? null : decodeHint(personId, message.string());
      if (!hint) return;
      counts.hintsReceived += 1;
      for (const listener of this.#listeners) listener(hint);
    };
    this.#watched.set(personId, this.#nats?.subscribe(this.#subjectOf(personId), { callback }));
  }

  /** The round trip begins after the last wish of this turn; a dead line keeps nobody waiting. */
  async #confirmWatched(): Promise<void> {
    this.#known = undefined;
    await Promise.race([this.#nats?.flush().catch(() => {}), Bun.sleep(watchWithinMs)]);
  }

  #setHere(now: boolean): void {
    if (this.#here === now || this.#closing) return;
    this.#here = now;
    if (now) this.#log.info("the broker is here");
    else
      this.#log.warn(
        "the broker (NATS) is away: until it is back, people on other processes get messages seconds late; none is lost",
      );
    this.#outflow.attach(now ? this.#nats : undefined);
    // The others heard nothing from here meanwhile, and do not know it.
    if (now) this.#tellOthers();
    this.#gap();
    // And once more when the broker knows what is listened for: what others said in between reached nobody here.
    if (now) void this.#confirmWatched().then(() => this.#here && this.#gap());
  }

  #tellOthers(): void {
    if (this.#here) this.#outflow.publish(this.#everybody, gapBytes);
  }

  #gap(): void {
    counts.busGaps += 1;
    for (const listener of this.#gapListeners) listener();
  }
}
