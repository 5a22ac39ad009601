import { connect, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import type { NatsAddress } from "../config-cluster.ts";
import { describeError, type Log } from "../log.ts";
import type { Bus, Hint } from "../ports/bus.ts";
import { decodeHint, hintEncoder } from "./bus-nats-frames.ts";
import { Outflow } from "./bus-nats-outflow.ts";
import { redialDelay } from "./bus-nats-redial.ts";

export interface NatsBusOptions {
  address: NatsAddress;
  /** Keeps installations apart that share a broker. */
  prefix: string;
  log: Log;
}

/** A broker that says nothing for so long, twice, is away. */
const pingEveryMs = 3_000;

/**
 * The bus of several processes: a subject for each person, `sotto.<prefix>.person.<id>`, and one for all processes. Starts
 * whether the broker is there or not, and comes back by itself, forever.
 */
export function natsBus({ address, prefix, log }: NatsBusOptions): Bus {
  const subjectOf = (personId: string) => `sotto.${prefix}.person.${personId}`;
  const everybody = `sotto.${prefix}.all`;
  const listeners = new Set<(hint: Hint) => void>();
  const gapListeners = new Set<() => void>();
  const watched = new Map<string, Subscription | undefined>();
  const encode = hintEncoder();
  const outflow = new Outflow({ onLost: () => tellAll() });
  let nats: NatsConnection | undefined;
  let here = false;
  let closing = false;
  /** Several who watch in one turn ask the broker once. */
  let known: Promise<void> | undefined;

  const gap = () => {
    for (const listener of gapListeners) listener();
  };
  const tellAll = () => {
    if (here) outflow.publish(everybody, gapBytes);
  };
  const listen = (personId: string) => {
    const subscription = nats?.subscribe(subjectOf(personId), {
      callback: (error, message) => {
        const hint = error ? null : decodeHint(personId, message.string());
        if (hint) for (const listener of listeners) listener(hint);
      },
    });
    watched.set(personId, subscription);
  };
  /** The round trip begins after the last wish of this turn; a dead line keeps nobody waiting. */
  const confirmWatched = async () => {
    known = undefined;
    await Promise.race([nats?.flush().catch(() => {}), Bun.sleep(watchWithinMs)]);
  };
  const setHere = (now: boolean) => {
    if (here === now || closing) return;
    here = now;
    log[now ? "info" : "warn"](now ? "the broker is here" : "the broker is away: hints stay in their process");
    outflow.attach(now ? nats : undefined);
    // The others heard nothing from here meanwhile, and do not know it.
    if (now) tellAll();
    gap();
  };
  const opened = (connection: NatsConnection) => {
    nats = connection;
    connection.subscribe(everybody, { callback: (error) => void (error ?? gap()) });
    for (const personId of watched.keys()) listen(personId);
    setHere(true);
  };

  const dialing = dialForever({ address, log, opened, setHere, closing: () => closing });
  return {
    publish(hint) {
      for (const listener of listeners) listener(hint);
      if (here) outflow.publish(subjectOf(hint.personId), encode(hint));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch(personId) {
      if (!watched.has(personId)) listen(personId);
      return here ? (known ??= Promise.resolve().then(confirmWatched)) : undefined;
    },
    unwatch(personId) {
      watched.get(personId)?.unsubscribe();
      watched.delete(personId);
    },
    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    announceGap() {
      tellAll();
      gap();
    },
    state: () => (here ? "here" : "away"),
    async close() {
      closing = true;
      listeners.clear();
      gapListeners.clear();
      if (here) await Promise.race([nats?.drain().catch(() => {}), Bun.sleep(closeWithinMs)]);
      await dialing.stop();
    },
  };
}

const gapBytes = new TextEncoder().encode("g");
const closeWithinMs = 2_000;
const watchWithinMs = 1_000;

interface Dialing {
  address: NatsAddress;
  log: Log;
  opened: (connection: NatsConnection) => void;
  setHere: (here: boolean) => void;
  closing: () => boolean;
}

/** The client redials by itself; should it give up for whatever reason, a new one takes its place. */
function dialForever(options: Dialing): { stop(): Promise<void> } {
  let current: NatsConnection | undefined;
  let stopped = false;
  const dial = async () => {
    while (!stopped) {
      try {
        current = await connectOnce(options.address);
        if (stopped) return void (await current.close());
        options.opened(current);
        void follow(current, options.setHere);
        const error = await current.closed();
        if (error) options.log.warn({ error: describeError(error) }, "the broker's client gave up and starts anew");
      } catch (error) {
        options.log.debug({ error: describeError(error) }, "the broker cannot be reached yet");
      }
      options.setHere(false);
      if (!stopped) await Bun.sleep(redialAfterMs);
    }
  };
  void dial();
  return {
    async stop() {
      stopped = true;
      await current?.close();
    },
  };
}

const redialAfterMs = 500;

async function connectOnce({ servers, tls, user, password, token }: NatsAddress): Promise<NatsConnection> {
  return await connect({
    servers,
    ...(tls && { tls: {} }),
    ...(user !== undefined && { user, pass: password ?? "" }),
    ...(token !== undefined && { token }),
    name: "sotto",
    // What is said here was heard here already.
    noEcho: true,
    maxReconnectAttempts: -1,
    // A password that was changed and put right again needs no restart.
    ignoreAuthErrorAbort: true,
    reconnectDelayHandler: redialDelay(redialAfterMs),
    pingInterval: pingEveryMs,
    maxPingOut: 2,
    timeout: 5_000,
  });
}

async function follow(connection: NatsConnection, setHere: (here: boolean) => void): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === "disconnect" || type === "staleConnection") setHere(false);
    else if (type === "reconnect") setHere(true);
  }
}
