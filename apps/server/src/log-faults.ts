import { isDatabaseAway, isDiskFull } from "./db/sql.ts";
import { describeError, type Log } from "./log.ts";
import { BlobsAway, BlobsFull } from "./ports/blobs.ts";
import { LedgerAway } from "./ports/ledger.ts";

/**
 * Writes down a failure that a client was told about. What nobody expected stands there with its stack, each time. A place that
 * is away or full fails every request that needs it: one line says so, and one every ten seconds how often, for as long as it lasts.
 */
export function reportFault(
  log: Log,
  failure: { error: unknown; fields?: Record<string, unknown>; words: string },
): void {
  const { error, fields, words } = failure;
  const known = knownFault(error);
  if (known === null) return log.error({ ...fields, error: describeError(error) }, words);
  const news = newsOf(log);
  const { failed, saidAtMs } = news.get(known) ?? { failed: 0, saidAtMs: Number.NEGATIVE_INFINITY };
  const sayNow = performance.now() - saidAtMs > sayAgainMs;
  news.set(known, { failed: sayNow ? 0 : failed + 1, saidAtMs: sayNow ? performance.now() : saidAtMs });
  if (sayNow) log.error({ failed: failed + 1, reason: describeError(error).message }, known);
}

const sayAgainMs = 10_000;

type News = Map<string, { failed: number; saidAtMs: number }>;
const newsByLog = new WeakMap<Log, News>();

function newsOf(log: Log): News {
  const found = newsByLog.get(log) ?? new Map();
  newsByLog.set(log, found);
  return found;
}

function knownFault(error: unknown): string | null {
  if (isDiskFull(error)) return "the disk of the database is full: nothing can be written until there is room";
  if (isDatabaseAway(error)) return "the database cannot be used: commands are told to come back";
  if (error instanceof BlobsFull) return "there is no room for photos: uploads are told to come back";
  if (error instanceof BlobsAway) return "photos cannot be kept or read: clients are told to come back";
  if (error instanceof LedgerAway) return "the ledger of erasures cannot be written: commands are told to come back";
  return null;
}
