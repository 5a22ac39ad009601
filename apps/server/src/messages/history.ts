import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { viewMessages, type ViewDeps } from "./message-parts.ts";
import { messageColumns, type MessageRow } from "./message-view.ts";

/** A page of history. Membership and what the viewer may see are in the query itself (T1, R8, R10). */
export async function listMessages(
  deps: ViewDeps,
  viewerId: string,
  input: CommandParsed<"messages.list">,
): Promise<CommandOutput<"messages.list"> | Refusal> {
  const view = await readView(deps.sql, viewerId, input.conversationId);
  if (!view) return refuse("not_found");
  const limit = input.limit ?? limits.pageDefault;
  if (input.around !== undefined) return await listAround(deps, view, { around: input.around, limit });
  const forward = input.after !== undefined && input.before === undefined;
  const from = Math.max(view.visibleAfterSeq, input.after ?? 0);
  const to = input.before ?? view.lastSeq + 1;
  const { shown, more } = await readPage(deps.sql, view, { from, to, forward, limit });
  const items = await viewMessages(deps, forward ? shown : shown.toReversed(), viewerId);
  const first = items[0]?.seq ?? to;
  const last = items.at(-1)?.seq ?? from;
  return {
    items,
    hasOlder: forward ? first > view.visibleAfterSeq + 1 : more || from > view.visibleAfterSeq,
    // The newest page ends at the end, also where what comes after it was deleted for oneself.
    hasNewer: forward ? more : input.before !== undefined && last < view.lastSeq,
    change: view.change,
  };
}

/** A page with one in its middle: half up to and with it, half after it; what one half lacks the other does not take. */
async function listAround(
  deps: ViewDeps,
  view: View,
  { around, limit }: { around: number; limit: number },
): Promise<CommandOutput<"messages.list">> {
  const half = Math.ceil(limit / 2);
  const bytes = limits.answerTextBytes / 2;
  const older = { from: view.visibleAfterSeq, to: around + 1, forward: false, limit: half, bytes };
  const newer = { from: Math.max(view.visibleAfterSeq, around), to: view.lastSeq + 1, forward: true, bytes };
  const before = await readPage(deps.sql, view, older);
  // A page of one holds the one that was asked for.
  const after = limit === half ? { shown: [], more: around < view.lastSeq } : null;
  const rest = after ?? (await readPage(deps.sql, view, { ...newer, limit: limit - half }));
  const items = await viewMessages(deps, [...before.shown.toReversed(), ...rest.shown], view.viewerId);
  return { items, hasOlder: before.more, hasNewer: rest.more, change: view.change };
}

/** As many of a range as fit, and whether there are more. */
async function readPage(
  sql: Sql,
  view: View,
  range: { from: number; to: number; forward: boolean; limit: number; bytes?: number },
): Promise<{ shown: MessageRow[]; more: boolean }> {
  const rows = await readRange(sql, view, { ...range, limit: range.limit + 1 });
  const shown = upToAnswerSize(rows.slice(0, range.limit), range.bytes);
  return { shown, more: rows.length > shown.length };
}

/** What was created or changed after a change number, in its order, so that no cursor passes an item (R15). */
export async function listChanges(
  deps: ViewDeps,
  viewerId: string,
  input: CommandParsed<"messages.changes">,
): Promise<CommandOutput<"messages.changes"> | Refusal> {
  const view = await readView(deps.sql, viewerId, input.conversationId);
  if (!view) return refuse("not_found");
  const limit = Math.min(input.limit ?? limits.changesPerPull, limits.changesPerPull);
  const rows = await readChanged(deps.sql, { after: input.after, view, limit: limit + 1 });
  const shown = upToAnswerSize(rows.slice(0, limit));
  const hasMore = rows.length > shown.length;
  const items = await viewMessages(deps, shown, viewerId);
  // Never past what the view knew of: the next pull begins there.
  const reached = hasMore ? Math.min(items.at(-1)?.change ?? view.change, view.change) : view.change;
  return { items, hasMore, change: reached };
}

/** As many as fit into one answer, and at least one. */
export function upToAnswerSize(rows: readonly MessageRow[], most: number = limits.answerTextBytes): MessageRow[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += Buffer.byteLength(row.text);
    return index === 0 || bytes <= most;
  });
}

/** Exclusive bounds; newest first unless `forward`. */
async function readRange(
  sql: Sql,
  view: View,
  range: { from: number; to: number; forward: boolean; limit: number },
): Promise<MessageRow[]> {
  return await sql`
    select ${messageColumns(sql)} from messages m
    where m.conversation_id = ${view.conversationId} and m.seq > ${range.from} and m.seq < ${range.to} ${notHidden(sql, view)}
    order by m.seq ${range.forward ? sql`asc` : sql`desc`} limit ${range.limit}`;
}

/**
 * In the order of their change. Those that changed after they were sent have an index of their own. The others' changes rise
 * with their seq, and each took one number of the conversation's, so the ones after `after` are among its last: one index
 * less for the commit to maintain (decision 8).
 *
 * What changed after the view was read comes as well, with its later number: left out, a message edited in between was in neither
 * part, and a device that had pulled lacked it until the next pull (7 times in 2,000 races).
 */
async function readChanged(
  sql: Sql,
  { after, view, limit }: { after: number; view: View; limit: number },
): Promise<MessageRow[]> {
  const { conversationId } = view;
  const newest = Math.max(view.visibleAfterSeq, view.lastSeq - Math.max(0, view.change - after));
  return await sql`
    select conversation_id, seq, change, id, sender_id, client_id, text, has_media, created_at, unsent_at, reply_to_seq,
      pinned_at, expires_at, extras
    from (
      (select ${messageColumns(sql)} from messages m
        where m.conversation_id = ${conversationId} and m.change > ${after} and m.changed
          and m.seq > ${view.visibleAfterSeq} and m.seq <= ${view.lastSeq} ${notHidden(sql, view)}
        order by m.change limit ${limit})
      union all
      (select ${messageColumns(sql)} from messages m
        where m.conversation_id = ${conversationId} and m.seq > ${newest} and m.seq <= ${view.lastSeq} and m.change > ${after}
          and not m.changed ${notHidden(sql, view)}
        order by m.seq limit ${limit})) as found
    order by found.change limit ${limit}`;
}

/** R10: without what the viewer deleted for themselves; asked only of whoever did. */
function notHidden(sql: Sql, { viewerId, hidesSome }: View) {
  if (!hidesSome) return sql``;
  return sql`
    and not exists (
      select 1 from hidden_messages h
      where h.person_id = ${viewerId} and h.conversation_id = m.conversation_id and h.seq = m.seq)`;
}

/** What of a conversation this member may see; null for everybody else (T1, R27). */
async function readView(sql: Sql, viewerId: string, conversationId: string): Promise<View | null> {
  const [row]: ViewRow[] = await sql`
    select c.last_seq::float8 as last_seq, c.last_change::float8 as change, m.visible_after_seq::float8 as visible,
      coalesce((select i.hidden_count > 0 from inbox i where i.person_id = m.person_id and i.conversation_id = c.id), true)
        as hides_some
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ${conversationId} and m.person_id = ${viewerId} and m.left_at is null`;
  if (!row) return null;
  const { last_seq: lastSeq, change, visible: visibleAfterSeq, hides_some: hidesSome } = row;
  return { conversationId, viewerId, lastSeq, change, visibleAfterSeq, hidesSome };
}

interface View {
  conversationId: string;
  viewerId: string;
  lastSeq: number;
  change: number;
  visibleAfterSeq: number;
  hidesSome: boolean;
}

interface ViewRow {
  last_seq: number;
  change: number;
  visible: number;
  hides_some: boolean;
}
