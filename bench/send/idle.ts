import { residentBytes } from "./processes.ts";
import { seedPairs } from "./seed.ts";
import { startServer } from "./server.ts";

/** Memory of the server for a connection that does nothing: its resident size with so many sockets, less the size before. */
export async function measureIdle(
  dataDir: string,
  count: number,
): Promise<{ bytesPerIdleSocket: number; idleSockets: number }> {
  console.error(`idle: ${count} sockets`);
  const server = await startServer(dataDir);
  const open: WebSocket[] = [];
  try {
    const sockets = await seedPairs(server.database.sql, server.secret, count);
    await connect(server.socketUrl, sockets.slice(0, 200), open);
    await Bun.sleep(2_000);
    const before = residentBytes(server.pid);
    await connect(server.socketUrl, sockets.slice(200), open);
    await Bun.sleep(3_000);
    const opened = open.length - 200;
    return { bytesPerIdleSocket: Math.round((residentBytes(server.pid) - before) / opened), idleSockets: open.length };
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
