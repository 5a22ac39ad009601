import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { Role } from "../src/config-cluster.ts";
import { until } from "./people.ts";

/**
 * A load balancer as small as one can be: gives each new connection to the next node that answers `/readyz`. Sockets go to a
 * node with the role `gateway`, all else to one with `api`; it looks at a connection's first line for that.
 */
export interface Balancer {
  url: string;
  /** Every node is known to be ready. */
  settled(): Promise<void>;
  stop(): void;
}

interface Backend {
  url: string;
  /** Null: all of them. */
  roles: readonly Role[] | null;
}

const lookEveryMs = 100;

export function startBalancer(backends: readonly Backend[]): Balancer {
  const ready = new Set<Backend>();
  const open = new Set<Socket>();
  let next = 0;
  const look = async (backend: Backend) => {
    const answer = await fetch(`${backend.url}/readyz`, { signal: AbortSignal.timeout(1_000) }).catch(() => null);
    if (answer?.ok) ready.add(backend);
    else ready.delete(backend);
  };
  const lookAtAll = () => {
    for (const backend of backends) void look(backend);
  };
  const timer = setInterval(lookAtAll, lookEveryMs);
  const pick = (role: Role): Backend | undefined => {
    const fit = backends.filter((backend) => ready.has(backend) && (backend.roles?.includes(role) ?? true));
    next += 1;
    return fit[next % Math.max(1, fit.length)];
  };
  const listener = createServer((client) => {
    open.add(client);
    client.on("close", () => open.delete(client)).on("error", () => undefined);
    client.once("data", (first: Buffer) => {
      const backend = pick(/^GET \/v1\/socket[? ]/.test(first.toString("latin1", 0, 32)) ? "gateway" : "api");
      if (!backend) return void client.destroy();
      const { hostname, port } = new URL(backend.url);
      const server = connect(Number(port), hostname);
      server.on("error", () => client.destroy()).on("close", () => client.destroy());
      client.on("close", () => server.destroy());
      server.write(first);
      client.pipe(server).pipe(client);
    });
  });
  listener.listen(0, "127.0.0.1");
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    settled: () => until("every node is ready", () => ready.size === backends.length, 30_000),
    stop() {
      clearInterval(timer);
      listener.close();
      for (const client of open) client.destroy();
    },
  };
}
