import { whoIsHere } from "./cluster/last-seen.ts";
import { sharedLimiter } from "./cluster/shared-limits.ts";
import type { Config } from "./config.ts";
import { clearSentDrafts } from "./conversations/drafts.ts";
import type { Database } from "./db/connect.ts";
import { readEpoch } from "./db/epoch.ts";
import { adapters } from "./deps.ts";
import { inboxFlush } from "./fanout/inbox-flush.ts";
import { publisher } from "./fanout/publish.ts";
import { limiter, ratesFrom, type RateLimits } from "./limits.ts";
import type { Log } from "./log.ts";
import { reportFault } from "./log-faults.ts";
import { notices } from "./notifications/notices.ts";
import { heardBy, startSearch } from "./search/start.ts";

/** Only for tests that do in a minute what people do in a day. */
export interface Haste {
  rates?: Partial<RateLimits>;
  inboxEveryMs?: number;
}

/** What every feature stands on: the bus and the blobs, limits, and what follows a commit (fan-out, inbox, notices, search). */
export type Foundation = Awaited<ReturnType<typeof openFoundation>>;

export async function openFoundation({
  config,
  database,
  log,
  haste,
}: {
  config: Config;
  database: Database;
  log: Log;
  haste: Haste;
}) {
  const { sql } = database;
  const { bus, blobs } = await adapters(config, log);
  const epoch = await readEpoch(sql);
  const onError = (error: unknown) => reportFault(log, { error, words: "unexpected" });
  const told = notices({ sql, delayMs: config.push.delayMs, onError });
  const publish = told.hearing(publisher(bus));
  const alone = config.nats === undefined;
  const rates = { ...ratesFrom(config.limits), ...haste.rates };
  const search = startSearch({ sql, log, onError, work: config.roles.includes("worker") });
  const flush = inboxFlush({
    sql: database.single.inbox,
    publish,
    epoch,
    onError,
    clearDrafts: (ids) => clearSentDrafts(database.single.inbox, ids),
    everyMs: haste.inboxEveryMs,
  });
  return {
    bus,
    blobs,
    epoch,
    onError,
    notices: told,
    publish,
    search,
    limit: alone ? limiter(rates) : sharedLimiter(sql, rates),
    inbox: heardBy(search.indexer, flush),
    here: whoIsHere({ sql, shared: !alone, log }),
  };
}
