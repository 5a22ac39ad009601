import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { decodeCursor, encodeCursor } from "../cursors.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { toBrief, type BriefRow } from "./brief.ts";
import { fold, prefixRanges } from "./search-words.ts";
import { toRelation, type RelationRow } from "./store.ts";

/** People whose words begin with the query's, best first: the username itself, then usernames that begin so, then names. */
export async function searchPeople(
  sql: Sql,
  options: { viewerId: string; query: string; cursor?: string | undefined; limit?: number | undefined },
): Promise<CommandOutput<"people.search"> | Refusal> {
  const ranges = prefixRanges(options.query);
  const [[first], [firstEnd]] = [ranges.from, ranges.to];
  if (first === undefined || firstEnd === undefined) return { items: [], next: null };
  const after = options.cursor === undefined ? ([-1, ""] as const) : decodeCursor(options.cursor, ["number", "text"]);
  if (!after) return refuse("invalid", { detail: "This cursor is not from this list.", pointer: "/cursor" });
  const limit = options.limit ?? limits.pageDefault;
  const username = fold(options.query.replace(/^@/, ""));
  const rows: FoundRow[] = await sql`
    with found as (
      select p.id, p.username, p.name, p.picture_media_id, m.placeholder,
        case when p.username = ${username} then 0 when p.username >= ${first} and p.username < ${firstEnd} then 1 else 2 end as rank
      from people p left join media m on m.id = p.picture_media_id
      where p.id in (select person_id from people_words where word >= ${first} and word < ${firstEnd})
        and not exists (
          select 1 from unnest(${sql.array(ranges.from, "TEXT")}, ${sql.array(ranges.to, "TEXT")}) as r(begins, ends)
          where not exists (
            select 1 from people_words w where w.person_id = p.id and w.word >= r.begins and w.word < r.ends))
        and p.id <> ${options.viewerId}
    )
    select found.*,
      exists (select 1 from follows f where f.follower_id = ${options.viewerId} and f.followed_id = found.id) as i_follow,
      exists (select 1 from follows f where f.follower_id = found.id and f.followed_id = ${options.viewerId}) as follows_me,
      exists (select 1 from blocks b where b.blocker_id = ${options.viewerId} and b.blocked_id = found.id) as i_block
    from found where (rank, username) > (${after[0]}, ${after[1]})
    order by rank, username limit ${limit + 1}`;
  const items = rows.slice(0, limit).map((row) => ({ ...toBrief(row), relation: toRelation(row) }));
  const last = rows[limit - 1];
  return { items, next: rows.length > limit && last ? encodeCursor([last.rank, last.username]) : null };
}

interface FoundRow extends BriefRow, RelationRow {
  rank: number;
}
