import type { Event } from "@sotto/protocol/events.ts";
import type { Sql } from "../db/sql.ts";
import type { Publish } from "../fanout/publish.ts";
import { queueNotices, queueReaction, type Pair } from "./queue.ts";
import { reactionTag } from "./tags.ts";

/**
 * Where changes become notifications, beside the sends and after them. What happens within the delay is taken together, and who has
 * read it by then is not told. Nothing here holds what a message says: the job reads that when it is due.
 */
export interface Notices {
  /** The same publisher, which is listened to: every change of somebody's inbox, one's own read marker included, goes by it. */
  hearing(publish: Publish): Publish;
  /** A reaction came or went. */
  reacted(reaction: { authorId: string; conversationId: string; seq: number; reactorId: string }): void;
  /** What waits is queued at once. */
  stop(): Promise<void>;
}

/** One statement's worth; what a crash loses are notifications of at most this delay. */
const pairsAtOnce = 5_000;

export function notices({
  sql,
  delayMs,
  onError,
}: {
  sql: Sql;
  delayMs: number;
  onError: (error: unknown) => void;
}): Notices {
  let waiting = new Map<string, Pair>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  let working: Promise<unknown> = Promise.resolve();

  const flush = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    const pairs = [...waiting.values()];
    waiting = new Map();
    if (pairs.length > 0) working = working.then(async () => await queueNotices(sql, pairs)).catch(onError);
    return working;
  };
  const add = (pair: Pair) => {
    waiting.set(pair.personId + pair.conversationId, pair);
    if (waiting.size >= pairsAtOnce) void flush();
    else timer ??= setTimeout(() => void flush(), delayMs);
  };
  const hear = (personIds: readonly string[], event: Event) => {
    if (event.event !== "inbox") return;
    for (const personId of personIds) for (const { conversationId } of event.changes) add({ personId, conversationId });
  };
  return {
    hearing: (publish) =>
      Object.assign(
        (...[personIds, event, exceptConnection]: Parameters<Publish>) => {
          hear(personIds, event);
          publish(personIds, event, exceptConnection);
        },
        { encoded: publish.encoded },
      ),
    reacted({ authorId, conversationId, seq, reactorId }) {
      if (authorId === reactorId) return;
      const job = { personId: authorId, tag: reactionTag(conversationId), reaction: { seq, reactorId } };
      working = working.then(async () => await queueReaction(sql, job, new Date(Date.now() + delayMs))).catch(onError);
    },
    stop: async () => void (await flush()),
  };
}
