import { splitLinks } from "../text/links.ts";

/** The address that a message's preview is of: the first in its text, as it is written there. */
export function firstLink(text: string): string | null {
  return splitLinks(text).find((part) => part.is === "link")?.text ?? null;
}
