import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";

/** A TCP line between a client and a server that a test can cut, block, or make swallow what the server says. */
export interface CutLine extends AsyncDisposable {
  url: string;
  /** Ends every connection at once; new ones work. */
  cut(): void;
  /** Goes dead and is cut, once, when clients have said so many bytes more. */
  cutAfter(bytes: number): void;
  /** What clients have said through it. */
  sentBytes(): number;
  /** The server's words get lost until the next cut. */
  mute(): void;
  /** Every connection stays open and carries nothing, either way, until `flow`: as when a cable is pulled. */
  stall(): void;
  flow(): void;
  /** No new connections, and no old ones, until `open`. */
  block(): void;
  open(): void;
}

const deadMs = 150;

/** `to`: a server's address with its port, or `unix:` and a socket's path. */
export async function cutLine(to: string, options: { host?: string } = {}): Promise<CutLine> {
  const { host = "127.0.0.1" } = options;
  const dial = () => {
    if (to.startsWith("unix:")) return connect(to.slice("unix:".length));
    const { hostname, port } = new URL(to);
    return connect(Number(port), hostname);
  };
  const pairs = new Set<Pair>();
  const state = { muted: false, blocked: false, stalled: false, sentBytes: 0, cutAtBytes: Number.POSITIVE_INFINITY };
  const cut = () => {
    for (const pair of pairs) part(pair);
    pairs.clear();
    Object.assign(state, { muted: false, cutAtBytes: Number.POSITIVE_INFINITY });
  };
  const listener = createServer((client) => {
    if (state.blocked) return void client.destroy();
    const pair = { client, server: dial() };
    pairs.add(pair);
    if (state.stalled) for (const socket of [client, pair.server]) socket.pause();
    client.on("data", (bytes: Buffer) => {
      state.sentBytes += bytes.byteLength;
      pair.server.write(bytes);
      if (state.sentBytes < state.cutAtBytes) return;
      // A line that goes dead first: the server has taken what came.
      client.pause();
      setTimeout(cut, deadMs);
    });
    pair.server.on("data", (bytes) => void (state.muted || client.write(bytes)));
    for (const socket of [client, pair.server])
      socket.on("error", () => undefined).on("close", () => (part(pair), pairs.delete(pair)));
  });
  listener.listen(0, host);
  await once(listener, "listening");
  return {
    url: `http://${host}:${(listener.address() as AddressInfo).port}`,
    cut,
    cutAfter: (bytes) => void (state.cutAtBytes = state.sentBytes + bytes),
    sentBytes: () => state.sentBytes,
    mute: () => void (state.muted = true),
    stall() {
      state.stalled = true;
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.pause();
    },
    flow() {
      state.stalled = false;
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.resume();
    },
    block() {
      state.blocked = true;
      cut();
    },
    open: () => void (state.blocked = false),
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
    },
  };
}

interface Pair {
  client: Socket;
  server: Socket;
}

/** What was said before the cut still arrives at the server; the client hears nothing more. */
function part({ client, server }: Pair): void {
  client.destroy();
  server.end();
}
