import { exportRoute } from "./account/export/route.ts";
import { sessionLives } from "./auth/sessions.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/connect.ts";
import { openLedger, openMailer } from "./deps.ts";
import { openDoors } from "./doors.ts";
import { acknowledgeDeletes, acknowledgeErasures } from "./erasures/acknowledge.ts";
import { shipErasures } from "./erasures/ship.ts";
import { executor } from "./execute.ts";
import { features } from "./features.ts";
import { openFoundation, type Haste } from "./foundation.ts";
import { commandGate } from "./gate.ts";
import { startWorker } from "./jobs/worker.ts";
import { startLinkPreviews } from "./link-previews/start.ts";
import type { Log } from "./log.ts";
import { deleteElsewhere } from "./media/delete-elsewhere.ts";
import { startMedia, type RunningMedia } from "./media/start.ts";
import { readPushKeys } from "./notifications/push-keys.ts";
import { startNode } from "./node-of-process.ts";
import { personTurns } from "./person-turns.ts";
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
  haste?: Haste;
}

/** Everything but the database: the features, put together, and the doors to them. */
export async function startApp({ config, database, log, haste = {} }: AppDeps): Promise<RunningApp> {
  const { sql } = database;
  await refuseOtherSecret(sql, config.secret);
  const base = await openFoundation({ config, database, log, haste });
  const { bus, epoch, limit, publish, inbox, here, onError } = base;
  const stopTraces = await startTraces(config.operations.tracesUrl, { onError });
  const works = config.roles.includes("worker");
  const media = await startMedia({
    config,
    database,
    blobs: base.blobs,
    log,
    work: works,
    limitUpload: (personId) => limit("upload", personId),
    notify: (ownerId, state) => publish([ownerId], { event: "media", media: state }),
  });
  const purge = purgeFor({ config, database, log }, media.purge);
  const previews = startLinkPreviews({ sql, log, allow: config.allowInternal, media: { ...media, ...purge } });
  const { handlers, queue, jobs, startRounds, unsubscribe } = features({
    ...base,
    config,
    sql,
    batchSql: database.single.sends,
    mailer: openMailer(config),
    pushKeys: await readPushKeys(sql),
    online: here.online,
    media: { views: media.views, purge },
    claimPreview: previews.claim,
  });
  const worker = works ? await startWorker({ database, log, jobs: [media.jobs(), previews.jobs(), ...jobs] }) : null;
  const rounds = works ? startRounds() : null;
  const ledger = openLedger(config, log);
  const erasures = shipErasures({ sql, ledger, onError });
  const commands = [...handlers, media.handlers, previews.handlers].map((one) => acknowledgeErasures(one, erasures));
  const gate = commandGate(executor(commands, limit, personTurns()));
  const node = await startNode({ config, sql, bus, inbox, log });
  const routes = { ...media.routes, upload: acknowledgeDeletes(media.routes.upload, erasures) };
  const exports = exportRoute({
    execute: gate.execute,
    serve: media.routes.serve,
    limit,
    lives: async (session) => await sessionLives(sql, session),
    now: () => new Date(),
  });
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
      for (const behind of [inbox, base.notices, base.search, erasures]) await behind.stop();
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
