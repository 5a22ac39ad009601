import type { Socket } from "bun";

/** A TCP line between a client and a server that a test can cut, block, or make swallow what the server says. */
export interface CutLine extends AsyncDisposable {
  url: string;
  /** Ends every connection at once; new ones work. */
  cut(): void;
  /** The server's words get lost until the next cut. */
  mute(): void;
  /** No new connections, and no old ones, until `open`. */
  block(): void;
  open(): void;
}

interface Peer {
  peer: Socket<Peer> | undefined;
  waiting: Uint8Array[];
}

export function cutLine(serverUrl: string): CutLine {
  const { hostname, port } = new URL(serverUrl);
  const clients = new Set<Socket<Peer>>();
  const state = { muted: false, blocked: false };
  const listener = Bun.listen<Peer>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(client) {
        client.data = { peer: undefined, waiting: [] };
        if (state.blocked) return client.terminate();
        clients.add(client);
        void dial(client);
      },
      data(client, bytes) {
        if (client.data.peer) client.data.peer.write(bytes);
        else client.data.waiting.push(new Uint8Array(bytes));
      },
      close(client) {
        clients.delete(client);
        client.data.peer?.end();
      },
      error: () => undefined,
    },
  });
  const dial = async (client: Socket<Peer>) => {
    const server = await Bun.connect<Peer>({
      hostname,
      port: Number(port),
      socket: {
        data: (_server, bytes) => void (state.muted || client.write(bytes)),
        close: () => void client.end(),
        error: () => undefined,
      },
    });
    client.data.peer = server;
    for (const bytes of client.data.waiting) server.write(bytes);
  };
  const cut = () => {
    for (const client of [...clients]) client.terminate();
    state.muted = false;
  };
  return {
    url: `http://127.0.0.1:${listener.port}`,
    cut,
    mute: () => void (state.muted = true),
    block() {
      state.blocked = true;
      cut();
    },
    open: () => void (state.blocked = false),
    async [Symbol.asyncDispose]() {
      cut();
      listener.stop(true);
    },
  };
}
