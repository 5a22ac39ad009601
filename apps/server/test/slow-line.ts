import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A line to a database that a test can make slow: what it answers arrives so much later, in order. */
export interface SlowLine extends AsyncDisposable {
  port: number;
  delayMs: number;
}

export async function slowLine(socketPath: string): Promise<SlowLine> {
  const open = new Set<Socket>();
  const line = { delayMs: 0 };
  const listener = createServer((client) => {
    const server = connect(socketPath);
    let due = 0;
    client.on("data", (bytes) => void server.write(bytes));
    server.on("data", (bytes) => {
      // Never before what came before it.
      due = Math.max(due, performance.now() + line.delayMs);
      const waitMs = due - performance.now();
      if (waitMs <= 0) client.write(bytes);
      else setTimeout(() => void (client.destroyed || client.write(bytes)), waitMs);
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one);
      one.on("error", () => undefined);
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  return Object.assign(line, {
    port: (listener.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      listener.close();
    },
  });
}
