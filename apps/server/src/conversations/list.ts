import type { CommandOutput, CommandParsed } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { decodeCursor, encodeCursor } from "../cursors.ts";
import { isShowable } from "../damage.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { viewConversations, type ConversationReaders } from "./view.ts";

const start = [true, "9999-12-31T00:00:00.000Z", "ffffffff-ffff-ffff-ffff-ffffffffffff"] as const;

export interface ListDeps {
  sql: Sql;
  readers: ConversationReaders;
  /** A query's words as ranges of what begins with them; given by `people/`. */
  prefixRanges: (query: string) => { from: string[]; to: string[] };
}

/** A folder, pinned first, then newest first: one scan of the index `inbox_page`, however many conversations there are. */
export async function listConversations(
  deps: ListDeps,
  viewerId: string,
  input: CommandParsed<"conversations.list">,
): Promise<CommandOutput<"conversations.list"> | Refusal> {
  const after = input.cursor === undefined ? start : decodeCursor(input.cursor, ["boolean", "time", "id"]);
  if (!after) return refuse("invalid", { detail: "This cursor is not from this list.", pointer: "/cursor" });
  const limit = input.limit ?? limits.pageDefault;
  const { sql } = deps;
  const matching = input.query === undefined ? sql`` : withNames(deps, viewerId, input.query);
  const rows: PageRow[] = await sql`
    select i.conversation_id as id, i.pinned, i.activity_at
    from inbox i
    where i.person_id = ${viewerId} and i.folder = ${input.folder}
      and (i.pinned, i.activity_at, i.conversation_id) < (${after[0]}, ${after[1]}::timestamptz, ${after[2]}::uuid) ${matching}
    order by i.pinned desc, i.activity_at desc, i.conversation_id desc limit ${limit + 1}`;
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: await viewConversations(
      sql,
      deps.readers,
      viewerId,
      shown.map((row) => row.id),
    ),
    next: rows.length > limit && last ? encodeCursor([last.pinned, cursorTime(last.activity_at), last.id]) : null,
  };
}

/** Conversations with somebody each of whose searched words begins a word of their name. */
function withNames({ sql, prefixRanges }: ListDeps, viewerId: string, query: string) {
  const { from, to } = prefixRanges(query);
  return sql`
    and exists (
      select 1 from members m
      where m.conversation_id = i.conversation_id and m.person_id <> ${viewerId}
        and not exists (
          select 1 from unnest(${sql.array(from, "TEXT")}, ${sql.array(to, "TEXT")}) as r(begins, ends)
          where not exists (
            select 1 from people_words w where w.person_id = m.person_id and w.word >= r.begins and w.word < r.ends)))`;
}

/** A damaged time (T30) stands at one end of the list: the next page goes on from there. */
function cursorTime(time: Date): string {
  if (isShowable(time)) return time.toISOString();
  return Number(time) > 0 ? start[1] : "0001-01-01T00:00:00.000Z";
}

interface PageRow {
  id: string;
  pinned: boolean;
  activity_at: Date;
}
