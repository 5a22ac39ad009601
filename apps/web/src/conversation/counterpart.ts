import type { Conversation, PersonBrief } from "@sotto/protocol/types.ts";
import type { Translate } from "../text/intl.tsx";

const list = new Intl.ListFormat("en", { style: "short", type: "conjunction" });
const namesMost = 3;

/** Who a conversation is with: its person, or a group under the names of its members. */
export function counterpart(t: Translate, conversation: Conversation): PersonBrief {
  const [first] = conversation.people;
  if (conversation.kind === "direct" && first !== undefined) return first;
  const names = conversation.people.slice(0, namesMost).map((person) => person.name);
  const more = conversation.memberCount - 1 - names.length;
  const shown = more > 0 ? [...names, t("group.more", { count: more })] : names;
  const nobody = conversation.kind === "group" ? "group.alone" : "people.nobody";
  return {
    id: conversation.id,
    username: "",
    name: names.length === 0 ? t(nobody) : list.format(shown),
    picture: null,
  };
}

export function isGroup(conversation: Conversation | null): boolean {
  return conversation?.kind === "group";
}
