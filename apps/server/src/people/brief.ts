import type { PersonBrief, Picture } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";

/** People as others see them in lists. Missing ids are missing in the answer. */
export async function personBriefs(sql: Sql, ids: readonly string[]): Promise<Map<string, PersonBrief>> {
  if (ids.length === 0) return new Map();
  const rows: BriefRow[] = await sql`
    select p.id, p.username, p.name, p.picture_media_id, m.placeholder, p.deleted_at
    from people p left join media m on m.id = p.picture_media_id
    where p.id = any(${sql.array([...ids], "UUID")}::uuid[])`;
  return new Map(rows.map((row) => [row.id, toBrief(row)]));
}

export function toBrief(row: BriefRow): PersonBrief {
  const { id, username, name } = row;
  // R18. The name is for clients that do not say it in the reader's language.
  if (row.deleted_at) return { id, username, name: "Deleted account", picture: null, deleted: true };
  return { id, username, name, picture: toPicture(row) };
}

function toPicture(row: BriefRow): Picture | null {
  if (row.picture_media_id === null || row.placeholder === null) return null;
  const mediaId = row.picture_media_id;
  return { mediaId, url: `/v1/media/${mediaId}/list`, placeholder: row.placeholder };
}

export interface BriefRow {
  id: string;
  username: string;
  name: string;
  picture_media_id: string | null;
  placeholder: string | null;
  deleted_at?: Date | null;
}
