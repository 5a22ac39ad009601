import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Media, Message } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { isDamaged, toMessage, type MessageRow } from "./message-view.ts";
import type { DamageLog } from "../damage.ts";

/** How to show media, by their ids; given by `media/`. */
export type MediaReader = (mediaIds: readonly string[]) => Promise<Map<string, Media>>;

export interface HistoryDeps {
  sql: Sql;
  media: MediaReader;
  damaged: DamageLog;
}

/** A page of history. Membership and what the viewer may see are in the query itself (T1, R8). */
export async function listMessages(
  deps: HistoryDeps,
  viewerId: string,
  input: CommandParsed<"messages.list">,
): Promise<CommandOutput<"messages.list"> | Refusal> {
  const view = await readView(deps.sql, viewerId, input.conversationId);
  if (!view) return refuse("not_found");
  const limit = input.limit ?? limits.pageDefault;
  const forward = input.after !== undefined && input.before === undefined;
  const from = Math.max(view.visibleAfterSeq, input.after ?? 0);
  const to = input.before ?? view.lastSeq + 1;
  const rows = await readRange(deps.sql, { conversationId: input.conversationId, from, to, forward, limit: limit + 1 });
  const shown = upToAnswerSize(rows.slice(0, limit));
  const more = rows.length > shown.length;
  const items = await viewMessages(deps, forward ? shown : shown.toReversed(), viewerId);
  const first = items[0]?.seq ?? to;
  const last = items.at(-1)?.seq ?? from;
  return {
    items,
    hasOlder: forward ? first > view.visibleAfterSeq + 1 : more || from > view.visibleAfterSeq,
    hasNewer: forward ? more : last < view.lastSeq,
    change: view.change,
  };
}

/** What was created or changed after a change number, in its order, so that no cursor passes an item (R15). */
export async function listChanges(
  deps: HistoryDeps,
  viewerId: string,
  input: CommandParsed<"messages.changes">,
): Promise<CommandOutput<"messages.changes"> | Refusal> {
  const view = await readView(deps.sql, viewerId, input.conversationId);
  if (!view) return refuse("not_found");
  const limit = Math.min(input.limit ?? limits.changesPerPull, limits.changesPerPull);
  const { conversationId, after } = input;
  const rows = await readChanged(deps.sql, { conversationId, after, view, limit: limit + 1 });
  const shown = upToAnswerSize(rows.slice(0, limit));
  const hasMore = rows.length > shown.length;
  const items = await viewMessages(deps, shown, viewerId);
  return { items, hasMore, change: hasMore ? (items.at(-1)?.change ?? view.change) : view.change };
}

/** As many as fit into one answer, and at least one. */
function upToAnswerSize(rows: readonly MessageRow[]): MessageRow[] {
  let bytes = 0;
  return rows.filter((row, index) => {
    bytes += Buffer.byteLength(row.text);
    return index === 0 || bytes <= limits.answerTextBytes;
  });
}

/** Rows as the viewer sees them, media included. */
export async function viewMessages(
  deps: HistoryDeps,
  rows: readonly MessageRow[],
  viewerId: string,
): Promise<Message[]> {
  const withMedia = rows.filter((row) => row.has_media && row.unsent_at === null);
  const held = withMedia.length === 0 ? new Map<string, Media[]>() : await readMedia(deps, withMedia);
  for (const row of rows) if (isDamaged(row)) deps.damaged(`message ${row.seq} of conversation ${row.conversation_id}`);
  return rows.map((row) => toMessage(row, viewerId, held.get(row.id)));
}

async function readMedia(deps: HistoryDeps, rows: readonly MessageRow[]): Promise<Map<string, Media[]>> {
  const { sql } = deps;
  const held: { n: number; media_id: string }[] = await sql`
    select k.n::int as n, mm.media_id
    from unnest(
        ${sql.array(
          rows.map((row) => row.conversation_id),
          "UUID",
        )},
        ${sql.array(
          rows.map((row) => row.seq),
          "INT8",
        )}) with ordinality as k(conversation_id, seq, n)
    join message_media mm on mm.conversation_id = k.conversation_id and mm.seq = k.seq
    order by k.n, mm.position`;
  const views = await deps.media(held.map((one) => one.media_id));
  const byMessage = new Map<string, Media[]>();
  for (const { n, media_id } of held) {
    const [row, view] = [rows[n - 1], views.get(media_id)];
    if (row && view) byMessage.set(row.id, [...(byMessage.get(row.id) ?? []), view]);
  }
  return byMessage;
}

/** Exclusive bounds; newest first unless `forward`. */
async function readRange(
  sql: Sql,
  range: { conversationId: string; from: number; to: number; forward: boolean; limit: number },
): Promise<MessageRow[]> {
  return await sql`
    select conversation_id, seq::float8 as seq, change::float8 as change, id, sender_id, client_id, text, has_media,
      created_at, unsent_at
    from messages
    where conversation_id = ${range.conversationId} and seq > ${range.from} and seq < ${range.to}
    order by seq ${range.forward ? sql`asc` : sql`desc`} limit ${range.limit}`;
}

/**
 * In the order of their change. Those that changed after they were sent have an index of their own. The others' changes rise
 * with their seq, and each took one number of the conversation's, so the ones after `after` are among its last: one index
 * less for the commit to maintain (decision 8).
 */
async function readChanged(
  sql: Sql,
  asked: { conversationId: string; after: number; view: View; limit: number },
): Promise<MessageRow[]> {
  const { conversationId, after, view, limit } = asked;
  const columns = sql`conversation_id, seq, change, id, sender_id, client_id, text, has_media, created_at, unsent_at`;
  const newest = Math.max(view.visibleAfterSeq, view.lastSeq - Math.max(0, view.change - after));
  return await sql`
    select conversation_id, seq::float8 as seq, change::float8 as change, id, sender_id, client_id, text, has_media,
      created_at, unsent_at
    from (
      (select ${columns} from messages m
        where conversation_id = ${conversationId} and change > ${after} and change <= ${view.change}
          and changed and seq > ${view.visibleAfterSeq}
        order by m.change limit ${limit})
      union all
      (select ${columns} from messages m
        where conversation_id = ${conversationId} and seq > ${newest} and seq <= ${view.lastSeq} and change > ${after}
          and not changed
        order by m.seq limit ${limit})) as found
    order by found.change limit ${limit}`;
}

/** What of a conversation this member may see; null for everybody else (T1, R27). */
async function readView(sql: Sql, viewerId: string, conversationId: string): Promise<View | null> {
  const [row] = await sql`
    select c.last_seq::float8 as last_seq, c.last_change::float8 as change, m.visible_after_seq::float8 as visible
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ${conversationId} and m.person_id = ${viewerId} and m.left_at is null`;
  if (!row) return null;
  return { lastSeq: row.last_seq as number, change: row.change as number, visibleAfterSeq: row.visible as number };
}

interface View {
  lastSeq: number;
  change: number;
  visibleAfterSeq: number;
}
