import type { PersonBrief } from "@sotto/protocol/types.ts";
import { useMemo } from "react";
import type { OpenConversation } from "../conversation/use-conversation.ts";
import { useSenders } from "../conversation/use-senders.ts";
import { useMe } from "../session/session.tsx";

interface Props {
  open: OpenConversation;
  recipient: PersonBrief;
}

/** Who may be named with an @: everybody here but me. */
export function usePeopleToName({ open, recipient }: Props): readonly PersonBrief[] {
  const { members } = useSenders();
  const me = useMe();
  const people = open.state.conversation?.people;
  return useMemo(
    () =>
      members === undefined ? (people ?? [recipient]) : [...members.values()].filter((person) => person.id !== me.id),
    [members, people, recipient, me.id],
  );
}
