import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";

/** What a letter's link says: whose digest it ends. Good as long as the server's secret; it can do nothing else. */
export function digestToken(key: string, personId: string): string {
  return `${personId}.${proof(key, personId)}`;
}

/** Whose it is; null when this server did not make it. */
export function readDigestToken(key: string, token: string): string | null {
  const [personId = "", given = "", more] = token.split(".");
  if (more !== undefined || !z.uuid().safeParse(personId).success) return null;
  const [right, offered] = [Buffer.from(proof(key, personId)), Buffer.from(given)];
  return right.length === offered.length && timingSafeEqual(right, offered) ? personId : null;
}

function proof(key: string, personId: string): string {
  return createHmac("sha256", Buffer.from(key, "hex")).update(personId).digest("base64url");
}
