import type { Sql } from "../db/sql.ts";
import { takeWaiting } from "./store.ts";

/** As a message keeps it (`messages/extras.ts`); the image itself is in `message_media` with the role "preview". */
export interface AttachedPreview {
  url: string;
  host: string;
  title: string;
  description: string;
  siteName: string;
  mediaId?: string;
}

export interface Attach {
  senderId: string;
  previewId: string;
  /** The message's, in which the preview's address must stand. */
  text: string;
}

/**
 * In the transaction that writes the message: takes a waiting preview of the sender's and holds its image against removal. Null when
 * there is none any more, nor ever was: a message that waited offline for an hour goes without, rather than not at all. Who may
 * have one here (R3) is decided before.
 */
export async function claimPreview(tx: Sql, attach: Attach): Promise<AttachedPreview | null> {
  const ownerId = attach.senderId;
  const row = await takeWaiting(tx, { ...attach, ownerId, now: new Date() });
  if (row === null) return null;
  const { url, host, title, description, siteName, mediaId } = row;
  const held = mediaId !== null && (await isHeld(tx, { mediaId, ownerId }));
  return { url, host, title, description, siteName, ...(held && { mediaId }) };
}

async function isHeld(tx: Sql, asked: { mediaId: string; ownerId: string }): Promise<boolean> {
  const rows = await tx`
    select 1 from media where id = ${asked.mediaId} and owner_id = ${asked.ownerId} and state = 'ready' for share`;
  return rows.length > 0;
}
