import { fileURLToPath } from "node:url";
import { sessionLives } from "./auth/sessions.ts";
import { tickets } from "./auth/tickets.ts";
import type { Config } from "./config.ts";
import type { Sql } from "./db/sql.ts";
import type { CommandGate } from "./gate.ts";
import { sendAway } from "./gateway/drain.ts";
import { hub } from "./gateway/hub.ts";
import { listen } from "./gateway/listen.ts";
import { httpApp } from "./http/app.ts";
import type { MediaRoutes } from "./http/media-routes.ts";
import { ownOrigin } from "./http/origin.ts";
import { problemResponse } from "./http/responses.ts";
import { sessionCookies } from "./http/session.ts";
import { staticFiles } from "./http/static.ts";
import { describeError, type Log } from "./log.ts";
import type { Bus } from "./ports/bus.ts";
import { deriveKey } from "./secret.ts";

export interface DoorDeps {
  config: Config;
  sql: Sql;
  bus: Bus;
  log: Log;
  epoch: string;
  gate: CommandGate;
  media: MediaRoutes;
}

/** Downloads under way may finish, but do not keep a stopping server for long. */
const finishWithinMs = 1_000;
/** `/readyz` answers in time also when the database does not. */
const readyWithinMs = 2_000;

const webDist = fileURLToPath(new URL("../../web/dist", import.meta.url));

/** The two doors to the same commands, HTTP and the socket, behind one listener. */
export function openDoors(deps: DoorDeps): { url: string; close(): Promise<void> } {
  const { config, sql, bus, log, epoch, gate, media } = deps;
  const sockets = hub();
  const leaveBus = bus.subscribe((hint) => sockets.deliver(hint));
  const signer = tickets(deriveKey(config.secret, "socket-ticket"));
  const own = (request: Request) => ownOrigin(request, config.url);
  const app = httpApp({
    execute: gate.execute,
    sql,
    log,
    media,
    cookies: sessionCookies(config.url),
    mintTicket: signer.mint,
    ownOrigin: own,
    origins: config.origins,
    trustProxy: config.trustProxy,
    staticFiles: staticFiles(webDist),
    ready: async () => !gate.closed() && (await answers(sql)),
  });
  const server = listen({
    hub: sockets,
    host: config.host,
    port: config.port,
    epoch,
    execute: gate.execute,
    redeem: signer.redeem,
    sessionLives: async (identity) => await sessionLives(sql, identity),
    ownOrigin: own,
    http: (request, address) => app.fetch(request, { address }),
    refused: (refusal) => problemResponse(refusal, Bun.randomUUIDv7()),
    onError: (error, requestId) => log.error({ requestId, error: describeError(error) }, "command failed"),
  });
  return {
    url: `http://${server.hostname}:${server.port}`,
    async close() {
      sendAway(sockets);
      await Promise.race([server.stop(), Bun.sleep(finishWithinMs)]);
      await server.stop(true);
      leaveBus();
    },
  };
}

async function answers(sql: Sql): Promise<boolean> {
  try {
    const answered = sql`select 1`.then(() => true);
    return await Promise.race([answered, Bun.sleep(readyWithinMs).then(() => false)]);
  } catch {
    return false;
  }
}
