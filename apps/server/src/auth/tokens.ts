import { createHash, randomBytes } from "node:crypto";

/** A session's token: 256 random bits for its holder; the database keeps only the hash. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** SHA-256 is enough for a random token: there is nothing to guess. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
