import { fileURLToPath } from "node:url";
import { sessionLives } from "./auth/sessions.ts";
import { tickets, spendTicket } from "./auth/tickets.ts";
import type { WhoIsHere } from "./cluster/last-seen.ts";
import type { Membership } from "./cluster/membership.ts";
import type { Config } from "./config.ts";
import type { Sql } from "./db/sql.ts";
import { refuse, type Refusal } from "./errors.ts";
import type { CommandGate } from "./gate.ts";
import { sendAway } from "./gateway/drain.ts";
import { listen } from "./gateway/listen.ts";
import { httpApp, type HttpDeps } from "./http/app.ts";
import { bareApp } from "./http/bare.ts";
import type { HealthDeps } from "./http/health.ts";
import type { MediaRoutes } from "./http/media-routes.ts";
import { ownOrigin } from "./http/origin.ts";
import { problemResponse } from "./http/responses.ts";
import { sessionCookies } from "./http/session.ts";
import { staticFiles } from "./http/static.ts";
import { openHub } from "./hub-of-process.ts";
import type { Log } from "./log.ts";
import { reportFault } from "./log-faults.ts";
import type { Bus } from "./ports/bus.ts";
import { deriveKey } from "./secret.ts";
import { watchGauge } from "./telemetry/gauges.ts";
import { createMetrics } from "./telemetry/metrics.ts";

export interface DoorDeps {
  config: Config;
  sql: Sql;
  bus: Bus;
  log: Log;
  epoch: string;
  gate: CommandGate;
  media: MediaRoutes;
  exports: HttpDeps["exports"];
  unsubscribe: HttpDeps["unsubscribe"];
  member: Membership;
  here: WhoIsHere;
  /** The database's time, for tickets that another node minted. */
  nowMs: () => number;
}

export interface Doors {
  url: string;
  /** Not ready any more, and closed to new sockets; everything else goes on. */
  drain(): void;
  close(): Promise<void>;
}

/** Downloads under way may finish, but do not keep a stopping server for long. */
const finishWithinMs = 1_000;
/** `/readyz` answers in time also when the database does not. */
const readyWithinMs = 2_000;

const webDist = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** The two doors to the same commands, HTTP and the socket, behind one listener; a process without their role keeps them shut. */
export function openDoors(deps: DoorDeps): Doors {
  const { config, sql, bus, log, epoch, gate, member, here } = deps;
  const { hub, close: closeHub } = openHub({ sql, bus, epoch, member, shared: config.nats !== undefined, here, log });
  const signer = tickets(deriveKey(config.secret, "socket-ticket"), deps.nowMs);
  let draining = false;
  const ready = async () => !draining && !gate.closed() && (await answers(sql));
  const metrics = createMetrics({ sql });
  const forgetBus = watchGauge("bus_away", () => (bus.state() === "away" ? 1 : 0));
  const health = { ready, metrics, metricsToken: config.operations.metricsToken };
  const app = config.roles.includes("api")
    ? httpApp(apiDeps(deps, { ...health, mintTicket: signer.mint }))
    : bareApp({ ...health, roles: config.roles });
  const server = listen({
    hub,
    host: config.host,
    port: config.port,
    epoch,
    execute: gate.execute,
    redeem: async (text) => {
      const ticket = signer.open(text);
      return ticket && (await spendTicket(sql, ticket)) ? ticket : null;
    },
    closedToSockets: () => closedToSockets(config, draining),
    sessionLives: async (identity) => await sessionLives(sql, identity),
    ownOrigin: (request) => ownOrigin(request, config.url),
    http: (request, address) => app.fetch(request, { address }),
    refused: (refusal) => problemResponse(refusal, Bun.randomUUIDv7()),
    onError: (error, requestId) => reportFault(log, { error, fields: { requestId }, words: "command failed" }),
  });
  return {
    url: `http://${server.hostname}:${server.port}`,
    drain: () => void (draining = true),
    async close() {
      sendAway(hub);
      await Promise.race([server.stop(), Bun.sleep(finishWithinMs)]);
      await server.stop(true);
      await closeHub();
      forgetBus();
      metrics.stop();
    },
  };
}

function apiDeps(
  { config, sql, log, gate, media, exports, unsubscribe }: DoorDeps,
  more: Pick<Parameters<typeof httpApp>[0], keyof HealthDeps | "mintTicket">,
): Parameters<typeof httpApp>[0] {
  return {
    ...more,
    execute: gate.execute,
    sql,
    log,
    media,
    exports,
    unsubscribe,
    cookies: sessionCookies(config.url),
    ownOrigin: (request) => ownOrigin(request, config.url),
    origins: config.origins,
    trustProxy: config.trustProxy,
    staticFiles: staticFiles(webDist),
  };
}

function closedToSockets({ roles }: Pick<Config, "roles">, draining: boolean): Refusal | null {
  if (draining) return refuse("unavailable", { detail: "The server is restarting. Try again in a moment." });
  if (roles.includes("gateway")) return null;
  return refuse("unavailable", { detail: `No socket opens here: this process has the roles ${roles.join(", ")}.` });
}

async function answers(sql: Sql): Promise<boolean> {
  try {
    const answered = sql`select 1`.then(() => true);
    return await Promise.race([answered, Bun.sleep(readyWithinMs).then(() => false)]);
  } catch {
    return false;
  }
}
