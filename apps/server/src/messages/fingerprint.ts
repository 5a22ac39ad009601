/** What a message says, for R13: the same client id with other content is a conflict. */
export interface Content {
  text: string;
  mediaIds: readonly string[];
}

/** Keyed, so that the database alone cannot be searched for a guessed text; erased at unsend. Hex, 128 bits. */
export function fingerprint(secret: string, content: Content): string {
  const hmac = new Bun.CryptoHasher("sha256", secret).update(content.text);
  for (const mediaId of content.mediaIds) hmac.update("\0").update(mediaId);
  return hmac.digest("hex").slice(0, 32);
}
