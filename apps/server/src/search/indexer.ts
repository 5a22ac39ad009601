import { isDatabaseAway, type Sql } from "../db/sql.ts";
import { watchGauge } from "../telemetry/gauges.ts";
import { indexBatch } from "./index-batch.ts";

/**
 * Writes the terms of messages behind their commit, in small batches with pauses between them, so that sends keep their pace.
 *
 * Modes: idle (nothing to do), waiting (a timer runs), working (one batch is on its way). What is touched meanwhile waits for
 * the next batch. It remembers only which conversations changed; the log says what there is to do, and what a crash forgot the
 * catch-up finds (catch-up.ts).
 */
export interface SearchIndexer {
  /** A message was committed there. */
  touch(conversationId: string): void;
  /** There is something from before: it says nothing about how much arrives now. */
  add(conversationId: string): void;
  /** Conversations that wait. */
  pending(): number;
  stop(): Promise<void>;
}

export interface IndexerDeps {
  sql: Sql;
  onError: (error: unknown) => void;
}

const conversationsPerBatch = 32;
/** How many conversations are remembered (16 MB); the catch-up finds the others. */
const pendingMost = 100_000;
/** Messages arriving faster than this are a flood: the index then takes at most a tenth of a core, otherwise half of one. */
const floodPerSecond = 200;
const shares = { flood: 0.1, quiet: 0.5 };
const firstDelayMs = 50;
const retryMs = 1_000;

export function searchIndexer({ sql, onError }: IndexerDeps): SearchIndexer {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let working: Promise<void> | null = null;
  let stopped = false;
  const pace = paceOfTouches();
  const forgetGauge = watchGauge("search_behind", () => waiting.size);

  const schedule = (delayMs: number) => {
    if (timer || working || stopped || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = null;
      working = work().then((pauseMs) => {
        working = null;
        schedule(pauseMs);
      });
    }, delayMs);
  };
  /** One batch; answers how long to rest. */
  const work = async () => {
    const batch = [...waiting].slice(0, conversationsPerBatch);
    for (const id of batch) waiting.delete(id);
    const beganMs = performance.now();
    const left = await indexHalving({ sql, onError }, batch);
    for (const id of left.again) waiting.add(id);
    if (left.failed) return retryMs;
    const share = pace.perSecond() > floodPerSecond ? shares.flood : shares.quiet;
    return (performance.now() - beganMs) * (1 / share - 1);
  };

  const add = (conversationId: string) => {
    if (waiting.size < pendingMost) waiting.add(conversationId);
    schedule(firstDelayMs);
  };
  return {
    touch(conversationId) {
      pace.count();
      add(conversationId);
    },
    add,
    pending: () => waiting.size,
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      await working;
      forgetGauge();
    },
  };
}

/** A conversation that the index cannot take costs nobody the rest (T30): it is left out until the next catch-up, and named. */
async function indexHalving(
  deps: IndexerDeps,
  batch: readonly string[],
): Promise<{ again: readonly string[]; failed: boolean }> {
  try {
    return { again: (await indexBatch(deps.sql, batch)).left, failed: false };
  } catch (cause) {
    // All of it is there still when the database is.
    if (isDatabaseAway(cause)) return { again: batch, failed: true };
    if (batch.length === 1) {
      deps.onError(new Error(`the search index does not take conversation ${batch[0]}`, { cause }));
      return { again: [], failed: true };
    }
    const half = Math.ceil(batch.length / 2);
    const parts = [await indexHalving(deps, batch.slice(0, half)), await indexHalving(deps, batch.slice(half))];
    return { again: parts.flatMap((part) => part.again), failed: parts.some((part) => part.failed) };
  }
}

/** Over the last second or so. */
function paceOfTouches() {
  let sinceMs = performance.now();
  let counted = 0;
  let before = 0;
  const turn = () => {
    const seconds = (performance.now() - sinceMs) / 1000;
    if (seconds < 1) return;
    before = counted / seconds;
    counted = 0;
    sinceMs = performance.now();
  };
  return {
    count() {
      counted += 1;
    },
    perSecond() {
      turn();
      return Math.max(before, counted);
    },
  };
}
