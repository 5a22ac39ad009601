/** What a message says, for R13: the same client id with other content is a conflict. */
export interface Content {
  text: string;
  mediaIds: readonly string[];
  /** What few messages have, in the words of the send. */
  more?: object | undefined;
}

/** Keyed, so that the database alone cannot be searched for a guessed text; erased at unsend. Hex, 128 bits. */
export function fingerprint(secret: string, content: Content): string {
  const hmac = new Bun.CryptoHasher("sha256", secret).update(content.text);
  for (const mediaId of content.mediaIds) hmac.update("\0").update(mediaId);
  if (content.more) hmac.update("\0more").update(JSON.stringify(content.more, namesOf(content.more)));
  return hmac.digest("hex").slice(0, 32);
}

/** Every key in it, in one order: `JSON.stringify` then writes them so, at every depth. */
function namesOf(value: object): string[] {
  const names = new Set<string>();
  JSON.stringify(value, (name, inner: unknown) => {
    names.add(name);
    return inner;
  });
  return [...names].toSorted();
}
