import { exportRoute } from "./account/export/route.ts";
import { whoIsHere } from "./cluster/last-seen.ts";
import { sharedLimiter } from "./cluster/shared-limits.ts";
import type { Config } from "./config.ts";
import { clearSentDrafts } from "./conversations/drafts.ts";
import type { Database } from "./db/connect.ts";
import { readEpoch } from "./db/epoch.ts";
import { adapters, openLedger, openMailer } from "./deps.ts";
import { openDoors } from "./doors.ts";
import { acknowledgeDeletes, acknowledgeErasures } from "./erasures/acknowledge.ts";
import { shipErasures } from "./erasures/ship.ts";
import { executor } from "./execute.ts";
import { inboxFlush } from "./fanout/inbox-flush.ts";
import { publisher } from "./fanout/publish.ts";
import { features } from "./features.ts";
import { commandGate } from "./gate.ts";
import { startWorker } from "./jobs/worker.ts";
import { limiter, ratesFrom, type RateLimits } from "./limits.ts";
import { startLinkPreviews } from "./link-previews/start.ts";
import type { Log } from "./log.ts";
import { reportFault } from "./log-faults.ts";
import { deleteElsewhere } from "./media/delete-elsewhere.ts";
import { startMedia, type RunningMedia } from "./media/start.ts";
import { notices } from "./notifications/notices.ts";
import { readPushKeys } from "./notifications/push-keys.ts";
import { startNode } from "./node-of-process.ts";
import { personTurns } from "./person-turns.ts";
import { heardBy, startSearch } from "./search/start.ts";
import { refuseOtherSecret } from "./secret-check.ts";
import { startTraces } from "./telemetry/traces.ts";

export interface RunningApp {
  /** Where it listens: `http://127.0.0.1:4600`. */
  url: string;
  /** Drains: what is under way gets its answer, clients are told when to come back. */
  stop(): Promise<void>;
}

export interface AppDeps {
  config: Config;
  database: Database;
  log: Log;
  /** Only for tests that do in a minute what people do in a day. */
  haste?: Haste;
}

export interface Haste {
  rates?: Partial<RateLimits>;
  inboxEveryMs?: number;
}

/** Everything but the database: the features, put together, and the doors to them. */
export async function startApp({ config, database, log, haste = {} }: AppDeps): Promise<RunningApp> {
  const { sql } = database;
  await refuseOtherSecret(sql, config.secret);
  const { bus, blobs } = await adapters(config, log);
  const epoch = await readEpoch(sql);
  const onError = (error: unknown) => reportFault(log, { error, words: "unexpected" });
  const told = notices({ sql, delayMs: config.push.delayMs, onError });
  const publish = told.hearing(publisher(bus));
  const stopTraces = await startTraces(config.operations.tracesUrl, { onError });
  const alone = config.nats === undefined;
  const rates = { ...ratesFrom(config.limits), ...haste.rates };
  const limit = alone ? limiter(rates) : sharedLimiter(sql, rates);
  const clearDrafts = (ids: readonly string[]) => clearSentDrafts(database.single.inbox, ids);
  const search = startSearch({ sql, log, onError, work: config.roles.includes("worker") });
  const flush = inboxFlush({
    sql: database.single.inbox,
    publish,
    epoch,
    onError,
    clearDrafts,
    everyMs: haste.inboxEveryMs,
  });
  const inbox = heardBy(search.indexer, flush);
  const here = whoIsHere({ sql, shared: !alone, log });
  const media = await startMedia({
    config,
    database,
    blobs,
    log,
    work: config.roles.includes("worker"),
    limitUpload: (personId) => limit("upload", personId),
    notify: (ownerId, state) => publish([ownerId], { event: "media", media: state }),
  });
  const purge = purgeFor({ config, database, log }, media.purge);
  const previews = startLinkPreviews({ sql, log, allow: config.allowInternal, media: { ...media, ...purge } });
  const { handlers, queue, jobs, startRounds, unsubscribe } = features({
    config,
    sql,
    batchSql: database.single.sends,
    bus,
    publish,
    inbox,
    limit,
    epoch,
    mailer: openMailer(config),
    notices: told,
    pushKeys: await readPushKeys(sql),
    online: here.online,
    media: { views: media.views, purge },
    claimPreview: previews.claim,
    onError,
  });
  const worker = config.roles.includes("worker")
    ? await startWorker({ database, log, jobs: [media.jobs(), previews.jobs(), ...jobs] })
    : null;
  const rounds = config.roles.includes("worker") ? startRounds() : null;
  const ledger = openLedger(config, log);
  const erasures = shipErasures({ sql, ledger, onError });
  const acknowledged = [...handlers, media.handlers, previews.handlers].map((one) =>
    acknowledgeErasures(one, erasures),
  );
  const gate = commandGate(executor(acknowledged, limit, personTurns()));
  const node = await startNode({ config, sql, bus, inbox, log });
  const routes = { ...media.routes, upload: acknowledgeDeletes(media.routes.upload, erasures) };
  const exports = exportRoute({ execute: gate.execute, serve: media.routes.serve, limit, now: () => new Date() });
  const doors = openDoors({ config, sql, bus, log, epoch, gate, media: routes, exports, unsubscribe, here, ...node });
  return {
    url: doors.url,
    async stop() {
      doors.drain();
      await Bun.sleep(config.drainSeconds * 1000);
      await previews.stop();
      await gate.close();
      await queue.drained();
      await doors.close();
      await here.stop();
      await node.rest();
      await rounds?.stop();
      await worker?.stop();
      await inbox.stop();
      await told.stop();
      await search.stop();
      await erasures.stop();
      await ledger[Symbol.asyncDispose]();
      await bus.close();
      await node.leave();
      await stopTraces();
    },
  };
}

/** A bucket is everybody's; a folder belongs to the one process that takes uploads and makes renditions. */
function purgeFor({ config, database, log }: AppDeps, purge: RunningMedia["purge"]): RunningMedia["purge"] {
  if (config.s3 !== undefined || config.nats === undefined) return purge;
  if (!config.roles.includes("api") && !config.roles.includes("worker"))
    return { ...purge, deleteBlobs: async () => await deleteElsewhere(database.sql) };
  log.warn("photos lie in this process's folder: no other one may have the roles api or worker without S3_URL");
  return purge;
}
