import type { Me, Profile, Relation, Settings } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";
import { toBrief, type BriefRow } from "./brief.ts";
import { searchWords } from "./search-words.ts";
import { toSettings, type SettingsRow } from "./settings.ts";

/** A profile as `viewerId` sees it; null when there is no such person. */
export async function readProfile(
  sql: Sql,
  viewerId: string,
  who: { id: string } | { username: string },
): Promise<Profile | null> {
  const rows: ProfileRow[] = await sql`
    select p.id, p.username, p.name, p.picture_media_id, m.placeholder, p.bio, p.links,
      (select count(*) from follows f where f.followed_id = p.id)::int as followers,
      (select count(*) from follows f where f.follower_id = p.id)::int as following,
      exists (select 1 from follows f where f.follower_id = ${viewerId} and f.followed_id = p.id) as i_follow,
      exists (select 1 from follows f where f.follower_id = p.id and f.followed_id = ${viewerId}) as follows_me,
      exists (select 1 from blocks b where b.blocker_id = ${viewerId} and b.blocked_id = p.id) as i_block
    from people p left join media m on m.id = p.picture_media_id
    where ${"id" in who ? sql`p.id = ${who.id}` : sql`p.username = ${who.username}`} and p.deleted_at is null`;
  return rows[0] ? toProfile(rows[0]) : null;
}

export async function readMe(
  sql: Sql,
  personId: string,
  more: Pick<Me, "email" | "editWindowMinutes">,
): Promise<Me | null> {
  const [profile, [row]] = await Promise.all([
    readProfile(sql, personId, { id: personId }),
    sql<
      (SettingsRow & { administrator: boolean })[]
    >`select who_may_message, keep_accepted_open, settings, administrator from people where id = ${personId}`,
  ]);
  if (!profile || !row) return null;
  return { ...profile, settings: toSettings(row), administrator: row.administrator, ...more };
}

export async function readRelation(sql: Sql, viewerId: string, personId: string): Promise<Relation | null> {
  const [row]: RelationRow[] = await sql`
    select
      exists (select 1 from follows f where f.follower_id = ${viewerId} and f.followed_id = p.id) as i_follow,
      exists (select 1 from follows f where f.follower_id = p.id and f.followed_id = ${viewerId}) as follows_me,
      exists (select 1 from blocks b where b.blocker_id = ${viewerId} and b.blocked_id = p.id) as i_block
    from people p where p.id = ${personId} and p.deleted_at is null`;
  return row ? toRelation(row) : null;
}

export async function usernameTaken(sql: Sql, username: string): Promise<boolean> {
  return (await sql`select 1 from people where username = ${username}`).length > 0;
}

export async function personExists(sql: Sql, personId: string): Promise<boolean> {
  return (await sql`select 1 from people where id = ${personId} and deleted_at is null`).length > 0;
}

export interface NewPerson {
  username: string;
  name: string;
  passwordHash: string;
  whoMayMessage: Settings["whoMayMessage"];
  administrator?: boolean;
}

/** The new person's id, or null when the username is taken. */
export async function insertPerson(sql: Sql, person: NewPerson): Promise<string | null> {
  const id = Bun.randomUUIDv7();
  return await sql.begin(async (tx) => {
    const rows = await tx`
      insert into people (id, username, name, password_hash, who_may_message, administrator, created_at)
      values (${id}, ${person.username}, ${person.name}, ${person.passwordHash}, ${person.whoMayMessage},
        ${person.administrator ?? false}, now())
      on conflict (username) do nothing returning id`;
    if (rows.length === 0) return null;
    await tx`insert into person_counters (person_id) values (${id})`;
    await writeSearchWords(tx, { personId: id, username: person.username, name: person.name });
    return id;
  });
}

export interface ProfileChange {
  name?: string | undefined;
  bio?: string | undefined;
  links?: string[] | undefined;
  pictureMediaId?: string | null | undefined;
}

/** Writes what is given. False when the picture is not a ready photo of theirs. `purge` takes the picture that was replaced. */
export async function updateProfile(
  sql: Sql,
  personId: string,
  change: ProfileChange,
  purge: (tx: Sql, mediaIds: readonly string[]) => Promise<void>,
): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const [row] = await tx`
      select username, name, picture_media_id from people where id = ${personId} and deleted_at is null for update`;
    if (!row) return false;
    if (change.pictureMediaId && !(await ownsReadyPhoto(tx, personId, change.pictureMediaId))) return false;
    if (change.name !== undefined) {
      await tx`update people set name = ${change.name} where id = ${personId}`;
      await writeSearchWords(tx, { personId, username: row.username, name: change.name });
    }
    if (change.bio !== undefined) await tx`update people set bio = ${change.bio} where id = ${personId}`;
    if (change.links) await tx`update people set links = ${change.links}::jsonb where id = ${personId}`;
    if (change.pictureMediaId !== undefined && change.pictureMediaId !== row.picture_media_id) {
      await tx`update people set picture_media_id = ${change.pictureMediaId} where id = ${personId}`;
      if (row.picture_media_id !== null) await purge(tx, [row.picture_media_id]);
    }
    return true;
  });
}

async function writeSearchWords(tx: Sql, who: { personId: string; username: string; name: string }): Promise<void> {
  await tx`delete from people_words where person_id = ${who.personId}`;
  await tx`
    insert into people_words (word, person_id)
    select word, ${who.personId} from unnest(${tx.array(searchWords(who.username, who.name), "TEXT")}) as word`;
}

/** Locked against its removal until the transaction ends. */
async function ownsReadyPhoto(tx: Sql, personId: string, mediaId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from media where id = ${mediaId} and owner_id = ${personId} and state = 'ready' for share`;
  return rows.length > 0;
}

function toProfile(row: ProfileRow): Profile {
  return {
    ...toBrief(row),
    bio: row.bio,
    links: row.links,
    followers: row.followers,
    following: row.following,
    relation: toRelation(row),
  };
}

export function toRelation(row: RelationRow): Relation {
  return {
    following: row.i_follow,
    followedBy: row.follows_me,
    // Whom I block is no friend to me; the other one sees what was there before (R5).
    friends: row.i_follow && row.follows_me && !row.i_block,
    blocked: row.i_block,
  };
}

export interface RelationRow {
  i_follow: boolean;
  follows_me: boolean;
  i_block: boolean;
}

interface ProfileRow extends BriefRow, RelationRow {
  bio: string;
  links: string[];
  followers: number;
  following: number;
}
