import webPush from "web-push";
import type { Sql } from "../db/sql.ts";

/** The key pair by which push services know this server (VAPID, RFC 8292). base64url. */
export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

/**
 * Made by whichever process asks first, and kept in the database: all nodes share it, and it comes back with a backup. With another
 * one, every browser would have to subscribe again.
 */
export async function readPushKeys(sql: Sql): Promise<PushKeys> {
  const [kept] = await sql`select value from meta where key = 'push_keys'`;
  if (kept) return JSON.parse(kept.value) as PushKeys;
  const fresh = JSON.stringify(webPush.generateVAPIDKeys());
  await sql`insert into meta (key, value) values ('push_keys', ${fresh}) on conflict do nothing`;
  const [row] = await sql`select value from meta where key = 'push_keys'`;
  return JSON.parse(row.value) as PushKeys;
}
