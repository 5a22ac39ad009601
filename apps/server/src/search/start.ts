import type { Sql } from "../db/sql.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import type { Log } from "../log.ts";
import { catchUp } from "./catch-up.ts";
import { searchIndexer, type SearchIndexer } from "./indexer.ts";

export interface RunningSearch {
  indexer: SearchIndexer;
  stop(): Promise<void>;
}

/** The index, kept up behind the commits. `work`: this process also looks for what others left (the role worker). */
export function startSearch(deps: {
  sql: Sql;
  log: Pick<Log, "info">;
  onError: (error: unknown) => void;
  work: boolean;
}): RunningSearch {
  const indexer = searchIndexer(deps);
  const passes = deps.work ? catchUp({ ...deps, indexer }) : null;
  return {
    indexer,
    async stop() {
      await passes?.stop();
      await indexer.stop();
    },
  };
}

/** Every committed message touches its conversation in the inbox: the index hears of it there. */
export function heardBy(indexer: Pick<SearchIndexer, "touch">, inbox: InboxFlush): InboxFlush {
  return {
    ...inbox,
    touch(conversationId, options) {
      inbox.touch(conversationId, options);
      indexer.touch(conversationId);
    },
    async touchIfLost(conversationIds, work) {
      return await inbox.touchIfLost(conversationIds, work).catch((error: unknown) => {
        for (const id of conversationIds) indexer.touch(id);
        throw error;
      });
    },
  };
}
