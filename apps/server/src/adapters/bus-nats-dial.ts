import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { NatsAddress } from "../config-cluster.ts";
import { describeError, type Log } from "../log.ts";

export interface DialOptions {
  address: NatsAddress;
  log: Log;
  /** A connection is open: a first one, or one in the place of one that gave up. */
  opened: (connection: NatsConnection) => void;
  setHere: (here: boolean) => void;
}

/** A broker that says nothing for so long, twice, is away. */
const pingEveryMs = 3_000;
const redialAfterMs = 500;

/** The client redials by itself; should it give up for whatever reason, a new one takes its place. */
export function dialForever({ address, log, opened, setHere }: DialOptions): { stop(): Promise<void> } {
  let current: NatsConnection | undefined;
  let stopped = false;
  const dialOnce = async () => {
    current = await connectOnce(address);
    if (stopped) return await current.close();
    opened(current);
    void follow(current, setHere);
    const error = await current.closed();
    if (error) log.warn({ error: describeError(error) }, "the broker's client gave up and starts anew");
  };
  const dial = async () => {
    while (!stopped) {
      await dialOnce().catch((error: unknown) =>
        log.debug({ error: describeError(error) }, "the broker cannot be reached yet"),
      );
      setHere(false);
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

/**
 * How long the client waits between attempts. It compares with the wall clock when it last tried, so a clock set back an
 * hour would keep it away for an hour: the answer here goes by monotonic time, and is "now" once that says so.
 */
export function redialDelay(waitMs: number, nowMs: () => number = () => performance.now()): () => number {
  let lastMs = Number.NEGATIVE_INFINITY;
  return () => {
    const leftMs = lastMs + waitMs * (0.75 + Math.random() / 2) - nowMs();
    if (leftMs > 0) return leftMs;
    lastMs = nowMs();
    return Number.NEGATIVE_INFINITY;
  };
}
