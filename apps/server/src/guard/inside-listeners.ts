import { createServer, type Server } from "node:net";

/**
 * For tests: what an internal network has, on a port of every local address of both families. It counts who connects, and says
 * "inside" to whoever asks.
 */
export interface InsideListeners extends AsyncDisposable {
  port: number;
  connections(): number;
}

export async function insideListeners(): Promise<InsideListeners> {
  let connections = 0;
  const listen = (host: string, port: number) => {
    const listening = Promise.withResolvers<Server | null>();
    const server = createServer((socket) => {
      connections += 1;
      socket.on("error", () => {});
      socket.end("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n<title>inside</title>");
    });
    // A machine without IPv6 has no such inside.
    server.once("error", () => listening.resolve(null));
    server.listen({ host, port, ipv6Only: host === "::" }, () => listening.resolve(server));
    return listening.promise;
  };
  const first = await listen("0.0.0.0", 0);
  const address = first?.address();
  if (first === null || typeof address !== "object" || address === null) throw new Error("no port to listen on");
  const second = await listen("::", address.port);
  return {
    port: address.port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const server of [first, second]) server?.close();
    },
  };
}
