import type { Conversation, PersonBrief } from "@sotto/protocol/types.ts";
import { useCallback, useMemo } from "react";
import { useText } from "../text/intl.tsx";
import { isGroup } from "./counterpart.ts";

interface Senders {
  /** Of a group: its members, by id. */
  members: ReadonlyMap<string, PersonBrief> | undefined;
  /** Of the others: mine are not named. */
  nameOf: (senderId: string) => string;
}

/** Who writes in a conversation: one other person, or the members of a group. */
export function useSenders(conversation: Conversation | null, { name }: PersonBrief): Senders {
  const t = useText();
  const people = isGroup(conversation) ? conversation?.people : undefined;
  const members = useMemo(() => people && new Map(people.map((person) => [person.id, person])), [people]);
  const nameOf = useCallback(
    (senderId: string) => (members === undefined ? name : (members.get(senderId)?.name ?? t("group.somebody"))),
    [members, name, t],
  );
  return { members, nameOf };
}
