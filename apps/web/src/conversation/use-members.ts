import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation, PersonBrief } from "@sotto/protocol/types.ts";
import type { Sotto } from "@sotto/sdk/interface.ts";
import { useEffect, useMemo, useState } from "react";
import { useSotto, useStore } from "../session/session.tsx";

const nobody: readonly PersonBrief[] = [];

/** The others of a conversation: those who come with it first, and of a larger group the rest once they have been asked for. */
export function useMembers(conversation: Conversation | null): readonly PersonBrief[] {
  const sotto = useSotto();
  const connected = useStore(sotto.connection).is === "online";
  const [listed, setListed] = useState<{ of: string; people: readonly PersonBrief[] }>();
  const { id = "", people = nobody, memberCount = 0, kind } = conversation ?? {};
  const more = kind === "group" && memberCount - 1 > people.length;
  useEffect(() => {
    if (!more || !connected) return;
    let here = true;
    listMembers(sotto, id).then(
      (found) => here && setListed({ of: id, people: found }),
      // Asked for again with the next connection, or when somebody comes or goes.
      () => {},
    );
    return () => {
      here = false;
    };
  }, [sotto, id, more, memberCount, connected]);
  const rest = more && listed?.of === id ? listed.people : nobody;
  return useMemo(() => {
    if (rest.length === 0) return people;
    const first = new Set(people.map((person) => person.id));
    return [...people, ...rest.filter((person) => !first.has(person.id))];
  }, [people, rest]);
}

async function listMembers(sotto: Sotto, conversationId: string): Promise<PersonBrief[]> {
  const found: PersonBrief[] = [];
  let cursor: string | null = null;
  do {
    const page: CommandOutput<"conversations.listMembers"> = await sotto.call("conversations.listMembers", {
      conversationId,
      limit: limits.pageMax,
      ...(cursor !== null && { cursor }),
    });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
