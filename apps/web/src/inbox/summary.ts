import type { Conversation, Message } from "@sotto/protocol/types.ts";
import type { Translate } from "../text/intl.tsx";
import { numberText } from "../text/locale.ts";

export interface Summary {
  text: string;
  /** A tombstone is told apart by its hand, not only by its words. */
  italic: boolean;
}

/** The second line of a row: who said what last. */
export function summary(t: Translate, conversation: Conversation, myId: string): Summary {
  const message = conversation.lastMessage;
  if (message === null) return { text: t("inbox.nothingYet"), italic: false };
  if (message.unsentAt !== null) return { text: t("message.unsent"), italic: true };
  const said = contentLine(t, message);
  if (message.senderId === myId) return { text: t("inbox.mine", { text: said }), italic: false };
  const sender =
    conversation.kind === "group" ? conversation.people.find(({ id }) => id === message.senderId) : undefined;
  return { text: sender === undefined ? said : t("group.said", { name: sender.name, text: said }), italic: false };
}

function contentLine(t: Translate, message: Message): string {
  const words = message.text.replaceAll(/\s+/gu, " ").trim();
  if (message.media.length === 0) return words;
  return words === "" ? t("inbox.photo") : t("inbox.photoWith", { caption: words });
}

/** R16. */
export function unreadText(unread: number): string {
  return unread > 99 ? `${numberText(99)}+` : numberText(unread);
}
