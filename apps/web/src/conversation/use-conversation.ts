import type { ConversationHandle, ConversationState } from "@sotto/sdk/interface.ts";
import { useEffect, useMemo } from "react";
import { useSotto, useStore } from "../session/session.tsx";

/** A conversation by its id, or the one with a person, which may not exist yet. */
export type Target = { conversationId: string } | { personId: string };

export interface OpenConversation {
  handle: ConversationHandle;
  state: ConversationState;
}

export function useConversation(target: Target): OpenConversation {
  const sotto = useSotto();
  const conversationId = "conversationId" in target ? target.conversationId : undefined;
  const personId = "personId" in target ? target.personId : undefined;
  const handle = useMemo(() => {
    if (conversationId !== undefined) return sotto.conversation(conversationId);
    if (personId !== undefined) return sotto.withPerson(personId);
    throw new TypeError("a conversation needs an id or a person");
  }, [sotto, conversationId, personId]);

  useEffect(() => {
    // What goes wrong stands in `state.problem`, and is shown there.
    handle.open().catch(() => {});
    return () => handle.close();
  }, [handle]);

  return { handle, state: useStore(handle.state) };
}

/** Where its draft is kept: one per conversation or person. */
export function targetKey(target: Target): string {
  return "conversationId" in target ? target.conversationId : target.personId;
}
