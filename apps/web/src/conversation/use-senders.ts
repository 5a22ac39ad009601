import type { Conversation, PersonBrief } from "@sotto/protocol/types.ts";
import { createContext, useContext, useMemo } from "react";
import { useText } from "../text/intl.tsx";
import { isGroup, nameOfPerson } from "./counterpart.ts";
import { useMembers } from "./use-members.ts";

export interface Senders {
  /** Of a group: its members, by id. */
  members: ReadonlyMap<string, PersonBrief> | undefined;
  /** Everybody who is known here, me too. */
  person: (personId: string) => PersonBrief | undefined;
  /** "You" for me. */
  nameOf: (personId: string) => string;
}

export const SendersContext = createContext<Senders | null>(null);

/** Who writes in a conversation: one other person, or the members of a group. */
export function useSendersOf(conversation: Conversation | null, other: PersonBrief, me: PersonBrief): Senders {
  const t = useText();
  const group = isGroup(conversation);
  const people = useMembers(conversation);
  return useMemo(() => {
    const known = new Map([...people, ...(group ? [] : [other]), me].map((person) => [person.id, person]));
    return {
      members: group ? known : undefined,
      person: (personId) => known.get(personId),
      nameOf: (personId) => {
        if (personId === me.id) return t("inbox.you");
        const person = known.get(personId);
        return person === undefined ? t("group.somebody") : nameOfPerson(t, person);
      },
    };
  }, [people, group, other, me, t]);
}

export function useSenders(): Senders {
  const senders = useContext(SendersContext);
  if (senders === null) throw new Error("useSenders outside of a conversation");
  return senders;
}
