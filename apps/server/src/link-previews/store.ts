import { standsInText } from "@sotto/domain/address-in-text.ts";
import type { LinkPreview } from "@sotto/protocol/types.ts";
import type { Sql } from "../db/sql.ts";

/** A preview that waits for its message. */
export interface PreviewRow extends Omit<LinkPreview, "image"> {
  id: string;
  mediaId: string | null;
}

/** After an hour it is looked at anew; until then it waits for the message that it was made for. */
const waitsMs = 60 * 60 * 1000;
/** Of one person. One more takes the place of the oldest: images that nobody sends must not fill the disk. */
const waitingPerPerson = 10;

function columns(sql: Sql) {
  return sql`id, url, host, title, description, site_name as "siteName", media_id as "mediaId"`;
}

export async function findWaiting(
  sql: Sql,
  asked: { ownerId: string; url: string; now: Date },
): Promise<PreviewRow | null> {
  const [row]: PreviewRow[] = await sql`
    select ${columns(sql)} from link_previews
    where owner_id = ${asked.ownerId} and url = ${asked.url} and created_at > ${earliest(asked.now)}
    order by created_at desc limit 1`;
  return row ?? null;
}

/** Answers the images of those that had to go. */
export async function insertPreview(tx: Sql, preview: PreviewRow & { ownerId: string; now: Date }): Promise<string[]> {
  const { id, ownerId, url, host, title, description, siteName, mediaId, now } = preview;
  await tx`
    insert into link_previews (owner_id, id, url, host, title, description, site_name, media_id, created_at)
    values (${ownerId}, ${id}, ${url}, ${host}, ${title}, ${description}, ${siteName}, ${mediaId}, ${now})`;
  const dropped: { media_id: string | null }[] = await tx`
    delete from link_previews
    where owner_id = ${ownerId} and id in (
      select id from link_previews where owner_id = ${ownerId} order by created_at desc, id desc offset ${waitingPerPerson})
    returning media_id`;
  return dropped.flatMap(({ media_id }) => media_id ?? []);
}

/** Takes it for good, once: whoever else asks for it finds nothing. Its address must be one of the text's links. */
export async function takeWaiting(
  tx: Sql,
  asked: { ownerId: string; previewId: string; text: string; now: Date },
): Promise<PreviewRow | null> {
  const [row]: PreviewRow[] = await tx`
    select ${columns(tx)} from link_previews
    where owner_id = ${asked.ownerId} and id = ${asked.previewId} and created_at > ${earliest(asked.now)} for update`;
  if (!row || !standsInText(row.url, asked.text)) return null;
  await tx`delete from link_previews where owner_id = ${asked.ownerId} and id = ${asked.previewId}`;
  return row;
}

/** Those that nobody sent; answers their images. */
export async function dropUnused(tx: Sql, now: Date): Promise<string[]> {
  const dropped: { media_id: string | null }[] = await tx`
    delete from link_previews where created_at <= ${earliest(now)} returning media_id`;
  return dropped.flatMap(({ media_id }) => media_id ?? []);
}

function earliest(now: Date): Date {
  return new Date(now.getTime() - waitsMs);
}
