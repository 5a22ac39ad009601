import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "../../../apps/server/src/db/sql.ts";
import type { World } from "../world.ts";

/** The rows of one round's conversations and people, as they lie in the database. */
export interface StoredRows {
  conversations: { id: string; kind: string; lastSeq: number; lastChange: number }[];
  messages: StoredMessage[];
  members: { conversationId: string; personId: string; visibleAfterSeq: number; left: boolean }[];
  inbox: {
    personId: string;
    conversationId: string;
    folder: string;
    change: number;
    lastSeq: number;
    readSeq: number;
  }[];
  blocks: { blockerId: string; blockedId: string }[];
  media: { id: string; ownerId: string; state: string }[];
  renditions: { mediaId: string; name: string; blobKey: string; sizeBytes: number; sha256: string }[];
  messageMedia: { conversationId: string; seq: number; mediaId: string }[];
}

export interface StoredMessage {
  conversationId: string;
  seq: number;
  change: number;
  id: string;
  senderId: string;
  clientId: string;
  fingerprint: string | null;
  text: string;
  hasMedia: boolean;
  unsent: boolean;
}

export interface BlobFile {
  key: string;
  sizeBytes: number;
}

export async function dumpRows(sql: Sql, world: World): Promise<StoredRows> {
  const chats = sql.array(
    world.chats.map((chat) => chat.id),
    "UUID",
  );
  const people = sql.array(
    world.people.map((one) => one.id),
    "UUID",
  );
  return await sql.begin("isolation level repeatable read", async (tx) => ({
    conversations: await tx`
      select id, kind, last_seq::float8 as "lastSeq", last_change::float8 as "lastChange" from conversations
      where id = any(${chats}::uuid[])`,
    messages: await tx`
      select conversation_id as "conversationId", seq::float8 as seq, change::float8 as change, id, sender_id as "senderId",
        client_id as "clientId", fingerprint, text, has_media as "hasMedia", unsent_at is not null as unsent
      from messages where conversation_id = any(${chats}::uuid[]) order by conversation_id, seq`,
    members: await tx`
      select conversation_id as "conversationId", person_id as "personId", visible_after_seq::float8 as "visibleAfterSeq",
        left_at is not null as left
      from members where conversation_id = any(${chats}::uuid[])`,
    inbox: await tx`
      select person_id as "personId", conversation_id as "conversationId", folder, change::float8 as change,
        last_seq::float8 as "lastSeq", read_seq::float8 as "readSeq"
      from inbox where conversation_id = any(${chats}::uuid[])`,
    blocks: await tx`
      select blocker_id as "blockerId", blocked_id as "blockedId" from blocks where blocker_id = any(${people}::uuid[])`,
    media: await tx`select id, owner_id as "ownerId", state from media where owner_id = any(${people}::uuid[])`,
    renditions: await tx`
      select r.media_id as "mediaId", r.name, r.blob_key as "blobKey", r.size_bytes::float8 as "sizeBytes", r.sha256
      from renditions r join media m on m.id = r.media_id where m.owner_id = any(${people}::uuid[])`,
    messageMedia: await tx`
      select conversation_id as "conversationId", seq::float8 as seq, media_id as "mediaId" from message_media
      where conversation_id = any(${chats}::uuid[])`,
  }));
}

/** Every file under the folder of blobs, by its path there. */
export function listBlobs(dir: string, prefix = ""): BlobFile[] {
  return readdirSync(join(dir, prefix), { withFileTypes: true }).flatMap((entry) => {
    const key = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return listBlobs(dir, key);
    return [{ key, sizeBytes: statSync(join(dir, key)).size }];
  });
}
