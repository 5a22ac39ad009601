import type { Message } from "@sotto/protocol/types.ts";
import type { Translate } from "../text/intl.tsx";

/** What a message says, in one line: in the inbox, in the bar of what is pinned, read aloud. */
export function contentLine(t: Translate, message: Message): string {
  if (message.viewOnce !== undefined) return t("once.title");
  const words = message.text.replaceAll(/\s+/gu, " ").trim();
  if (message.card !== undefined) return words === "" ? t("quote.cardOf", { name: message.card.name }) : words;
  if (message.media.length === 0) return words;
  return words === "" ? t("inbox.photo") : t("inbox.photoWith", { caption: words });
}
