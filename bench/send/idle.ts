import { residentBytes } from "./processes.ts";
import { seedPairs } from "./seed.ts";
import { startServer } from "./server.ts";

/**
 * Memory of the server's process (its database has its own) with so many connections that do nothing, and what one of them
 * adds: the growth from the first 200 on.
 */
export interface IdleFigures {
  idleSockets: number;
  bytesPerIdleSocket: number;
  /** Without a connection, just started. */
  residentMegabytesAtStart: number;
  /** With all of them; `residentMegabytesAt15000` for 15,000. */
  [residentMegabytesAt: `residentMegabytesAt${number}`]: number;
}

export async function measureIdle(dataDir: string, count: number): Promise<IdleFigures> {
  console.error(`idle: ${count} sockets`);
  const server = await startServer(dataDir);
  const open: WebSocket[] = [];
  try {
    const atStart = residentBytes(server.pid);
    const sockets = await seedPairs(server.database.sql, server.secret, count);
    await connect(server.socketUrl, sockets.slice(0, 200), open);
    await Bun.sleep(2_000);
    const before = residentBytes(server.pid);
    await connect(server.socketUrl, sockets.slice(200), open);
    await Bun.sleep(3_000);
    const after = residentBytes(server.pid);
    return {
      idleSockets: open.length,
      bytesPerIdleSocket: Math.round((after - before) / (open.length - 200)),
      residentMegabytesAtStart: Math.round(atStart / 1e6),
      [`residentMegabytesAt${open.length}` as const]: Math.round(after / 1e6),
    };
  } finally {
    for (const socket of open) socket.close();
    await server.stop();
  }
}

/** In waves: the kernel's queue of new connections is short. Each has said hello before it counts. */
async function connect(url: string, sockets: readonly { ticket: string }[], open: WebSocket[]): Promise<void> {
  for (let from = 0; from < sockets.length; from += 100) {
    await Promise.all(
      sockets.slice(from, from + 100).map(async ({ ticket }) => {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        const socket = new WebSocket(`${url}/v1/socket?ticket=${ticket}&version=1`);
        socket.onmessage = () => resolve();
        socket.onerror = () => reject(new Error("an idle socket failed to open"));
        await promise;
        open.push(socket);
      }),
    );
  }
}
