import type { Sql } from "../db/sql.ts";
import type { Log } from "../log.ts";
import type { SearchIndexer } from "./indexer.ts";
import { termsVersion } from "./terms.ts";

export interface CatchUpDeps {
  sql: Sql;
  indexer: Pick<SearchIndexer, "add" | "pending">;
  log: Pick<Log, "info">;
  onError: (error: unknown) => void;
  everyMs?: number;
}

const sliceConversations = 2_000;
const reportEveryMs = 10_000;
/** How much may wait in the indexer before the next slice is looked at. */
const waitingMost = 2_000;
/** A slice of two thousand takes some ten milliseconds: this is a share of some hundredths of a core. */
const restMs = 250;

/**
 * Finds every conversation whose terms are behind its log, from end to end: after an upgrade or a restore everything, after a
 * crash what the process did not remember. At the start, and every quarter of an hour for what another node left. Where it stops
 * it may begin again: what has been indexed is known for each conversation.
 */
export function catchUp({ sql, indexer, log, onError, everyMs = 900_000 }: CatchUpDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    while (!signal.aborted) {
      try {
        await onePass({ sql, indexer, log, signal });
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
      await rest(everyMs, signal);
    }
  };
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

type Pass = Pick<CatchUpDeps, "sql" | "indexer" | "log"> & { signal: AbortSignal };

async function onePass({ sql, indexer, log, signal }: Pass): Promise<void> {
  const first = await beginIndex(sql);
  let [at, looked, found] = ["00000000-0000-0000-0000-000000000000", 0, 0];
  let reportedMs = performance.now();
  for (;;) {
    const slice = await readSlice(sql, at);
    for (const id of slice.behind) indexer.add(id);
    looked += slice.count;
    found += slice.behind.length;
    while (indexer.pending() > waitingMost && !signal.aborted) await rest(restMs, signal);
    if (signal.aborted) return;
    if (found > 0 && performance.now() - reportedMs > reportEveryMs) {
      reportedMs = performance.now();
      log.info(
        { looked, behind: found, waiting: indexer.pending() },
        "the search index is catching up with the messages",
      );
    }
    if (slice.last === null) break;
    at = slice.last;
    await rest(slice.behind.length > 0 ? restMs : restMs / 5, signal);
  }
  while (indexer.pending() > 0 && first && !signal.aborted) await rest(restMs, signal);
  if (!first || signal.aborted) return;
  await sql`update search_state set complete = true where version = ${termsVersion}`;
  if (found > 0) log.info({ conversations: found }, "the search index holds all messages");
}

/** Whether this index has yet to be filled. One with other terms is emptied: its words are not those that queries ask for. */
async function beginIndex(sql: Sql): Promise<boolean> {
  return await sql.begin(async (tx) => {
    await tx`lock table search_state in exclusive mode`;
    const [state]: { version: number; complete: boolean }[] = await tx`select version, complete from search_state`;
    // A newer one is another node's, during an upgrade.
    if (state && state.version >= termsVersion) return state.version === termsVersion && !state.complete;
    if (state) await tx`truncate search_terms, search_scopes, search_progress, search_state`;
    await tx`insert into search_state (version, complete) values (${termsVersion}, false)`;
    return true;
  });
}

async function readSlice(sql: Sql, after: string): Promise<{ behind: string[]; count: number; last: string | null }> {
  const rows: { id: string; behind: boolean }[] = await sql`
    select c.id, c.last_seq > coalesce((select p.indexed_seq from search_progress p where p.conversation_id = c.id), 0) as behind
    from conversations c where c.id > ${after} order by c.id limit ${sliceConversations}`;
  const behind = rows.filter((row) => row.behind).map((row) => row.id);
  return { behind, count: rows.length, last: rows.length < sliceConversations ? null : (rows.at(-1)?.id ?? null) };
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
