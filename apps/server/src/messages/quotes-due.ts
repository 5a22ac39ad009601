import type { Sql } from "../db/sql.ts";
import type { InboxFlush } from "../fanout/inbox-flush.ts";
import { holdFree } from "./expire.ts";
import type { Place, SetAside } from "./set-aside.ts";

export interface QuotesDueDeps {
  sql: Sql;
  inbox: InboxFlush;
  onError: (error: unknown) => void;
}

const sourcesAtOnce = 20;
/** In one statement, while the conversation is held: some ten milliseconds, which is what a send to it may wait. */
const quotesAtOnce = 250;
const endSeq = "9223372036854775807";

/**
 * The quotes that were too many to change with their source (`changeQuoting`): a batch for each source that owes some. Members learn
 * it as a change of the conversation. What is owed stands in the database, so a crash between two batches loses nothing, and
 * whichever worker comes next goes on. Answers how many batches were done.
 */
export async function settleQuotes(deps: QuotesDueDeps, aside: SetAside): Promise<number> {
  const owed: { conversation_id: string; source_seq: number }[] = await deps.sql`
    select conversation_id, source_seq::float8 as source_seq from quotes_due
    where true ${aside.without(deps.sql, "source_seq")} limit ${sourcesAtOnce}`;
  let batches = 0;
  for (const source of [
    ...owed.map((row) => ({ conversationId: row.conversation_id, seq: row.source_seq })),
    ...aside.again(),
  ]) {
    const beganMs = performance.now();
    try {
      if (await settleBatch(deps, source)) {
        aside.done(source);
        batches += 1;
      } else aside.held(source);
    } catch (error) {
      aside.failed(source);
      deps.onError(error);
    }
    // Half of the time is everybody else's.
    await Bun.sleep(performance.now() - beganMs);
  }
  return batches;
}

/** False while somebody else holds the conversation. */
async function settleBatch(deps: QuotesDueDeps, source: Place): Promise<boolean> {
  const { conversationId } = source;
  const changed = await deps.inbox.touchIfLost(
    [conversationId],
    async () =>
      await deps.sql.begin(async (tx) => ((await holdFree(tx, conversationId)) ? await changeBatch(tx, source) : null)),
  );
  if (changed !== null && changed > 0) deps.inbox.touch(conversationId);
  return changed !== null;
}

/** The next of the pass; at its end another one where the source changed meanwhile, and otherwise nothing is owed any more. */
async function changeBatch(tx: Sql, { conversationId, seq }: Place): Promise<number> {
  const [{ count }] = await tx`
    with pass as (
      select change, before_seq, pass_change from quotes_due where conversation_id = ${conversationId} and source_seq = ${seq}
    ), due as materialized (
      select q.seq from messages q
      where q.conversation_id = ${conversationId} and q.reply_to_seq = ${seq} and q.seq < (select before_seq from pass)
        and q.change < (select change from pass) and q.unsent_at is null
      order by q.seq desc limit ${quotesAtOnce}
    ), sum as (
      select count(*) as n, min(seq) as reached, count(*) = ${quotesAtOnce} as more from due
    ), counted as (
      update conversations c set last_change = c.last_change + sum.n from sum where c.id = ${conversationId} and sum.n > 0
      returning c.last_change - sum.n as before
    ), changed as (
      update messages m set change = counted.before + d.n, changed = true
      from counted, (select seq, row_number() over (order by seq) as n from due) as d
      where m.conversation_id = ${conversationId} and m.seq = d.seq
    ), ended as (
      delete from quotes_due o using sum
      where o.conversation_id = ${conversationId} and o.source_seq = ${seq} and not sum.more and o.change = o.pass_change
    ), gone_on as (
      update quotes_due o
      set before_seq = case when sum.more then sum.reached else ${endSeq}::int8 end,
        pass_change = case when sum.more then o.pass_change else o.change end
      from sum
      where o.conversation_id = ${conversationId} and o.source_seq = ${seq} and (sum.more or o.change > o.pass_change)
    )
    select n::int as count from sum`;
  return count;
}
