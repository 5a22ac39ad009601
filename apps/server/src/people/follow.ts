import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import { decodeCursor, encodeCursor } from "../cursors.ts";
import type { Sql } from "../db/sql.ts";
import { refuse, type Refusal } from "../errors.ts";
import { toBrief, type BriefRow } from "./brief.ts";

/** Follow (C3). A block changes nothing here, for that would tell (R5). False when there is no such person. */
export async function follow(sql: Sql, followerId: string, followedId: string): Promise<boolean> {
  const people = await sql`select 1 from people where id = ${followedId} and id <> ${followerId}`;
  if (people.length === 0) return false;
  await sql`
    insert into follows (follower_id, followed_id, created_at) values (${followerId}, ${followedId}, now())
    on conflict do nothing`;
  return true;
}

export async function unfollow(sql: Sql, followerId: string, followedId: string): Promise<void> {
  await sql`delete from follows where follower_id = ${followerId} and followed_id = ${followedId}`;
}

export interface FollowPage {
  personId: string;
  cursor?: string | undefined;
  limit?: number | undefined;
}

export async function listFollowers(sql: Sql, page: FollowPage): Promise<CommandOutput<"people.followers"> | Refusal> {
  return await followPage(
    page,
    async (after, limit) =>
      sql`
      select p.id, p.username, p.name, p.picture_media_id, m.placeholder, to_char(f.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from follows f join people p on p.id = f.follower_id left join media m on m.id = p.picture_media_id
      where f.followed_id = ${page.personId} and (f.created_at, f.follower_id) < (${after.at}, ${after.id})
      order by f.created_at desc, f.follower_id desc limit ${limit}`,
  );
}

export async function listFollowing(sql: Sql, page: FollowPage): Promise<CommandOutput<"people.following"> | Refusal> {
  return await followPage(
    page,
    async (after, limit) =>
      sql`
      select p.id, p.username, p.name, p.picture_media_id, m.placeholder, to_char(f.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from follows f join people p on p.id = f.followed_id left join media m on m.id = p.picture_media_id
      where f.follower_id = ${page.personId} and (f.created_at, f.followed_id) < (${after.at}, ${after.id})
      order by f.created_at desc, f.followed_id desc limit ${limit}`,
  );
}

/** A page of people by when, newest first. `read` gets where to go on and how many rows to bring. */
export async function followPage(
  page: { cursor?: string | undefined; limit?: number | undefined },
  read: (after: { at: string; id: string }, limit: number) => Promise<DatedRow[]>,
): Promise<CommandOutput<"people.followers"> | Refusal> {
  const after = page.cursor === undefined ? newest : decodeCursor(page.cursor, ["time", "id"]);
  if (!after) return refuse("invalid", { detail: "This cursor is not from this list.", pointer: "/cursor" });
  const limit = page.limit ?? limits.pageDefault;
  const rows = await read({ at: after[0], id: after[1] }, limit + 1);
  const last = rows[limit - 1];
  const next = rows.length > limit && last ? encodeCursor([last.at, last.id]) : null;
  return { items: rows.slice(0, limit).map(toBrief), next };
}

const newest = ["9999-12-31T00:00:00Z", "ffffffff-ffff-ffff-ffff-ffffffffffff"] as const;

interface DatedRow extends BriefRow {
  /** To the microsecond that the database keeps: a coarser cursor loses whoever came in the same millisecond. */
  at: string;
}
