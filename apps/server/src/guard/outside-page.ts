import { createServer, type Server, type Socket } from "node:net";

/** For tests: an outside host of the worst kind. It gets the socket and the path, and writes whatever it likes, byte by byte. */
export interface OutsidePage extends AsyncDisposable {
  port: number;
  /** `127.0.0.1:port`, for `allow`. */
  host: string;
  url(path: string): string;
  connections(): number;
  /** Of all requests so far, as they came. */
  requests: string[];
}

export async function outsidePage(answer: (socket: Socket, path: string) => void): Promise<OutsidePage> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  const server: Server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.once("data", (head) => {
      requests.push(String(head));
      answer(socket, String(head).split(" ")[1] ?? "/");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port to listen on");
  return {
    port: address.port,
    host: `127.0.0.1:${address.port}`,
    url: (path) => `http://127.0.0.1:${address.port}${path}`,
    connections: () => connections,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Writes without an end, as fast as the other side reads. */
export function writeForEver(socket: Socket, head: string, chunk: string | Uint8Array): void {
  socket.write(head);
  const more = () => {
    while (!socket.destroyed && socket.write(chunk));
    if (!socket.destroyed) socket.once("drain", more);
  };
  more();
}
