import type { Conversation, PersonBrief } from "@sotto/protocol/types.ts";
import { initials } from "../text/graphemes.ts";
import type { Translate } from "../text/intl.tsx";
import { locale, perLocale } from "../text/locale.ts";

const lists = perLocale((name) => new Intl.ListFormat(name, { style: "long", type: "conjunction" }));
const namesMost = 3;

export interface Counterpart extends PersonBrief {
  /** Of a group: those of its first two members. Its name begins with one of them and ends with how many more. */
  initials?: string;
}

/** Who a conversation is with: its person, or a group under the names of its members. */
export function counterpart(t: Translate, conversation: Conversation): Counterpart {
  const [first] = conversation.people;
  if (conversation.kind === "direct" && first !== undefined)
    return first.deleted === true ? { ...first, name: nameOfPerson(t, first), picture: null } : first;
  const names = conversation.people.slice(0, namesMost).map((person) => nameOfPerson(t, person));
  const more = conversation.memberCount - 1 - names.length;
  const shown = more > 0 ? [...names, t("group.more", { count: more })] : names;
  const nobody = conversation.kind === "group" ? "group.alone" : "people.nobody";
  return {
    id: conversation.id,
    username: "",
    name: names.length === 0 ? t(nobody) : lists(locale()).format(shown),
    picture: null,
    ...(names.length > 0 && { initials: groupInitials(names) }),
  };
}

function groupInitials(names: readonly string[]): string {
  return names
    .slice(0, 2)
    .map((name) => initials(name.trim().split(/\s/u)[0] ?? ""))
    .join("");
}

export function isGroup(conversation: Conversation | null): boolean {
  return conversation?.kind === "group";
}

/** R18: the only other one is gone for good. What was said stays; nothing more can be. */
export function isAbandoned(conversation: Conversation | null): boolean {
  return conversation?.kind === "direct" && conversation.people[0]?.deleted === true;
}

/** R18: what a deleted account wrote stays with whoever received it, and its name is gone. */
export function nameOfPerson(t: Translate, person: PersonBrief): string {
  return person.deleted === true ? t("people.nobody") : person.name;
}
