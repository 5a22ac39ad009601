import { isDataError, type Sql } from "../db/sql.ts";
import { counts, timings } from "../telemetry/counts.ts";
import { watchGauge } from "../telemetry/gauges.ts";
import { membersOf, writeInbox, type InboxChange } from "./inbox-write.ts";
import type { Publish } from "./publish.ts";
import { encodeSyncCursor } from "./sync-cursor.ts";

/**
 * The inbox rows are derived from the log: written outside the send's commit (two of them inside it halved the throughput),
 * coalesced, at most `everyMs` after the change, in person order so that flushes never wait for each other in a circle.
 *
 * Modes: idle (nothing touched), waiting (a timer runs), flushing. What is touched while flushing waits for the next.
 */
export interface InboxFlush {
  /** `stale`: something besides messages changed, so clients get the conversation again. */
  touch(conversationId: string, options?: { stale?: boolean }): void;
  /**
   * When `work` throws its commit may still have happened, with the answer lost; then nobody else would tell the members
   * (R15), so they are touched.
   */
  touchIfLost<T>(conversationIds: readonly string[], work: () => Promise<T>): Promise<T>;
  /** Writes what was touched so far; for draining and for tests. */
  flush(): Promise<void>;
  /** Conversations whose rows are still to be written. */
  pending(): number;
  stop(): Promise<void>;
}

export interface InboxFlushDeps {
  sql: Sql;
  publish: Publish;
  epoch: string;
  onError: (error: unknown) => void;
  /** Clears the drafts of these conversations that were sent; whose they are learns it with the flush. Given by `conversations/`. */
  clearDrafts?: (conversationIds: readonly string[]) => Promise<readonly ClearedDraft[]>;
  everyMs?: number | undefined;
}

/** Whose draft was cleared, in which conversation. */
export interface ClearedDraft {
  personId: string;
  conversationId: string;
}

/** Small, so that a batch of sends does not stand behind a large one: at 2,000 sends a second p99 was 44 ms with 500, 28 with 100. */
const conversationsPerFlush = 100;

export function inboxFlush(deps: InboxFlushDeps): InboxFlush {
  const { everyMs = 250 } = deps;
  const writing: WritingDeps = { ...deps, cleared: new Set() };
  const touched = new Map<string, boolean>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;
  let flushing: Promise<void> = Promise.resolve();
  /** Since when something waits, for who looks after the server. */
  let oldestMs: number | null = null;
  const gauges = [
    watchGauge("inbox_behind", () => touched.size),
    watchGauge("inbox_oldest_seconds", () => (oldestMs === null ? 0 : (performance.now() - oldestMs) / 1000)),
  ];

  const flushOnce = async () => {
    const batch = [...touched].slice(0, conversationsPerFlush);
    if (batch.length === 0) return;
    for (const [id] of batch) touched.delete(id);
    const sinceMs = oldestMs;
    oldestMs = touched.size > 0 ? performance.now() : null;
    const owed = await writeHalving(writing, batch);
    if (owed.length > 0) oldestMs = sinceMs;
    for (const [id, stale] of owed) touched.set(id, stale || (touched.get(id) ?? false));
  };
  const schedule = () => {
    // A flush that was under way when this stopped begins no other: what is touched then is written by `stop`.
    if (timer || stopped) return;
    oldestMs ??= performance.now();
    timer = setTimeout(() => {
      timer = null;
      void inRounds(Math.ceil(touched.size / conversationsPerFlush), flush).then(() => touched.size > 0 && schedule());
    }, everyMs);
  };
  const flush = () => (flushing = flushing.then(flushOnce));

  const touch: InboxFlush["touch"] = (conversationId, { stale = false } = {}) => {
    touched.set(conversationId, stale || (touched.get(conversationId) ?? false));
    schedule();
  };
  return {
    touch,
    async touchIfLost(conversationIds, work) {
      try {
        return await work();
      } catch (error) {
        for (const id of conversationIds) touch(id, { stale: true });
        throw error;
      }
    },
    flush,
    pending: () => touched.size,
    async stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
      for (let round = 0; touched.size > 0 && round < 50; round += 1) await flush();
      for (const forget of gauges) forget();
    },
  };
}

/**
 * Answers what has to be tried again: its rows stay behind the log until then, and nothing is lost, for they are derived from it.
 * One that the database cannot take goes alone, then member by member: the rest must not wait for it (T30). At once, and not with
 * the next flush: among what is touched meanwhile it was not found for minutes, and others waited up to 34 s.
 */
async function writeHalving(deps: WritingDeps, batch: readonly Touched[]): Promise<readonly Touched[]> {
  const beganMs = performance.now();
  try {
    await writeAndPublish(deps, new Map(batch));
    timings.inboxFlushSeconds.since(beganMs);
    return [];
  } catch (error) {
    const half = Math.ceil(batch.length / 2);
    if (isDataError(error) && batch.length > 1)
      return [...(await writeHalving(deps, batch.slice(0, half))), ...(await writeHalving(deps, batch.slice(half)))];
    counts.inboxFlushFailures += 1;
    deps.onError(error);
    const alone = isDataError(error) ? batch[0] : undefined;
    return alone && (await memberByMember(deps, alone)) ? [] : batch;
  }
}

interface WritingDeps extends InboxFlushDeps {
  /** Person and conversation whose draft was cleared, until they are told: a flush may have to be tried again. */
  cleared: Set<string>;
}

/** A conversation, and whether it is stale. */
type Touched = [string, boolean];

/** With more conversations than one round takes, none of them waits for the next time. */
async function inRounds(rounds: number, flush: () => Promise<void>): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await flush();
}

/** `touched`: whether each conversation is stale. */
async function writeAndPublish(
  { sql, publish, epoch, clearDrafts, cleared }: WritingDeps,
  touched: ReadonlyMap<string, boolean>,
  onlyFor?: string,
): Promise<void> {
  const drafts = clearDrafts ? await clearDrafts([...touched.keys()]) : [];
  for (const draft of drafts) cleared.add(draft.personId + draft.conversationId);
  const rows = await writeInbox(sql, [...touched.keys()], onlyFor === undefined ? {} : { onlyFor });
  counts.inboxRowsWritten += rows.length;
  publishRows(publish, epoch, rows, (row) => {
    const draftGone = cleared.delete(row.person_id + row.conversation_id);
    return draftGone || row.moved || (touched.get(row.conversation_id) ?? false);
  });
}

/** Whose row it is that cannot be written stays behind (T30); everybody else's follows the log. False when it has to be tried again. */
async function memberByMember(deps: WritingDeps, [conversationId, stale]: [string, boolean]): Promise<boolean> {
  const members = await membersOf(deps.sql, conversationId).catch(deps.onError);
  for (const onlyFor of members ?? []) {
    try {
      await writeAndPublish(deps, new Map([[conversationId, stale]]), onlyFor);
    } catch (cause) {
      if (!isDataError(cause)) return false;
      deps.onError(new Error(`the inbox of ${onlyFor} takes no change of conversation ${conversationId}`, { cause }));
    }
  }
  return members !== undefined;
}

/** One event for each person, with all of their conversations that changed. */
function publishRows(
  publish: Publish,
  epoch: string,
  rows: readonly InboxChange[],
  stale: (row: InboxChange) => boolean,
): void {
  for (const [personId, changes] of Map.groupBy(rows, (row) => row.person_id)) {
    const first = changes[0];
    if (!first) continue;
    publish([personId], {
      event: "inbox",
      since: encodeSyncCursor({ epoch, personId, counter: first.since }),
      cursor: encodeSyncCursor({ epoch, personId, counter: Math.max(...changes.map((row) => row.counter)) }),
      changes: changes.map((row) => ({
        conversationId: row.conversation_id,
        change: row.change,
        lastSeq: row.last_seq,
        readSeq: row.read_seq,
        stale: stale(row),
      })),
    });
  }
}
