import { fileURLToPath } from "node:url";
import { sessionLives } from "./auth/sessions.ts";
import { tickets } from "./auth/tickets.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/connect.ts";
import { readEpoch } from "./db/epoch.ts";
import { adapters } from "./deps.ts";
import { executor } from "./execute.ts";
import { inboxFlush } from "./fanout/inbox-flush.ts";
import { sweepInbox } from "./fanout/inbox-sweep.ts";
import { publisher } from "./fanout/publish.ts";
import { features } from "./features.ts";
import { sendAway } from "./gateway/drain.ts";
import { hub } from "./gateway/hub.ts";
import { listen } from "./gateway/listen.ts";
import { httpApp } from "./http/app.ts";
import { ownOrigin } from "./http/origin.ts";
import { problemResponse } from "./http/responses.ts";
import { sessionCookies } from "./http/session.ts";
import { staticFiles } from "./http/static.ts";
import { limiter, ratesFrom } from "./limits.ts";
import type { Log } from "./log.ts";
import { startMedia } from "./media/start.ts";

export interface RunningApp {
  /** Where it listens: `http://127.0.0.1:4600`. */
  url: string;
  /** Drains: what is under way gets its answer, clients are told when to come back. */
  stop(): Promise<void>;
}

/** Everything but the database: the features, put together, and the listener. */
export async function startApp({ config, database, log }: { config: Config; database: Database; log: Log }): Promise<RunningApp> {
  const { sql } = database;
  const { bus, blobs } = await adapters(config);
  const epoch = await readEpoch(sql);
  const publish = publisher(bus);
  const onError = (error: unknown) => log.error({ error: describe(error) }, "unexpected");
  const limit = limiter(ratesFrom(config.limits));
  const inbox = inboxFlush({ sql, publish, epoch, onError });
  const media = await startMedia({
    config,
    database,
    blobs,
    log,
    notify: (ownerId, state) => publish([ownerId], { event: "media", media: state }),
  });
  const { handlers, queue } = features({ config, sql, bus, publish, inbox, limit, epoch, media, onError });
  const execute = executor([...handlers, media.handlers], limit);
  await sweepInbox(sql);

  const sockets = hub();
  const stopListeningToBus = bus.subscribe((hint) => sockets.deliver(hint));
  const signer = tickets(config.secret);
  const own = (request: Request) => ownOrigin(request, config.url);
  let stopping = false;
  const app = httpApp({
    execute,
    sql,
    log,
    media: media.routes,
    cookies: sessionCookies(config.url),
    mintTicket: signer.mint,
    ownOrigin: own,
    origins: config.origins,
    trustProxy: config.trustProxy,
    staticFiles: staticFiles(webDist),
    ready: async () => !stopping && (await answers(sql)),
  });
  const server = listen({
    hub: sockets,
    host: config.host,
    port: config.port,
    epoch,
    execute,
    redeem: signer.redeem,
    sessionLives: async (identity) => await sessionLives(sql, identity),
    ownOrigin: own,
    http: (request, address) => app.fetch(request, { address }),
    refused: (refusal) => problemResponse(refusal, Bun.randomUUIDv7()),
    onError: (error, requestId) => log.error({ requestId, error: describe(error) }, "command failed"),
  });
  return {
    url: `http://${server.hostname}:${server.port}`,
    async stop() {
      stopping = true;
      await queue.drained();
      sendAway(sockets);
      await server.stop(true);
      stopListeningToBus();
      await queue.drained();
      await inbox.stop();
      await media.stop();
    },
  };
}

const webDist = fileURLToPath(new URL("../../web/dist", import.meta.url));

async function answers(sql: Database["sql"]): Promise<boolean> {
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  }
}

function describe(error: unknown) {
  return error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : { message: String(error) };
}
