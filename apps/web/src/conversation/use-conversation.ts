import type { ConversationHandle, ConversationState } from "@sotto/sdk/interface.ts";
import { useEffect, useMemo, useRef } from "react";
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

  const state = useStore(handle.state);
  useFreshDecision(handle, state);
  return { handle, state };
}

/** A request that was sent, accepted or answered changes what one may send next (R3): the decision is asked for again. */
function useFreshDecision(handle: ConversationHandle, { conversation }: ConversationState): void {
  const standing = conversation === null ? "none" : conversation.state;
  const requestSeq = standing === "request_sent" ? conversation?.lastSeq : undefined;
  const before = useRef({ handle, standing, requestSeq });
  useEffect(() => {
    const { current } = before;
    const changed = current.handle === handle && (current.standing !== standing || current.requestSeq !== requestSeq);
    before.current = { handle, standing, requestSeq };
    if (changed) void handle.refresh();
  }, [handle, standing, requestSeq]);
}

/** Where its draft is kept: one per conversation or person. */
export function targetKey(target: Target): string {
  return "conversationId" in target ? target.conversationId : target.personId;
}
