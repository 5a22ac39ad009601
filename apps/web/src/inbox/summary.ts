import type { Conversation } from "@sotto/protocol/types.ts";
import { contentLine } from "../conversation/content-line.ts";
import { nameOfPerson } from "../conversation/counterpart.ts";
import type { Translate } from "../text/intl.tsx";
import { numberText } from "../text/locale.ts";

export interface Summary {
  /** Whose words these are; they may run the other way. */
  lead?: string;
  text: string;
  /** A tombstone is told apart by its hand, not only by its words. */
  italic: boolean;
}

/** The second line of a row: who said what last. */
export function summary(t: Translate, conversation: Conversation, myId: string): Summary {
  const written = conversation.draft?.text.replaceAll(/\s+/gu, " ").trim() ?? "";
  if (written !== "") return { lead: t("inbox.draft"), text: written, italic: false };
  const message = conversation.lastMessage;
  if (message === null) return { text: t("inbox.nothingYet"), italic: false };
  if (message.unsentAt !== null) return { text: t(goneText[message.gone ?? "unsent"]), italic: true };
  const text = contentLine(t, message);
  if (message.senderId === myId) return { lead: t("inbox.mine"), text, italic: false };
  const sender =
    conversation.kind === "group" ? conversation.people.find(({ id }) => id === message.senderId) : undefined;
  if (sender === undefined) return { text, italic: false };
  return { lead: t("group.said", { name: nameOfPerson(t, sender) }), text, italic: false };
}

const goneText = { unsent: "message.unsent", expired: "message.expired", opened: "message.opened" } as const;

/** R16. */
export function unreadText(unread: number): string {
  return unread > 99 ? `${numberText(99)}+` : numberText(unread);
}
