import type { Draft, Message } from "@sotto/protocol/types.ts";
import { useCallback, useEffect, useRef, useState } from "react";
import type { OpenConversation } from "../conversation/use-conversation.ts";
import { useSotto } from "../session/session.tsx";
import { composingIn, startReply, stopComposing, useComposing, wasDraftExpected } from "./composing.ts";
import { lengthOf } from "./text-length.ts";

/** While somebody writes here, what another device wrote waits: the next key of this one is the later draft. */
const writingMs = 3_000;

export interface WrittenMessage {
  text: string;
  replyTo: Message | null;
  write: (text: string) => void;
  /** The message is on its way: the box is empty, and answers nothing. */
  sent: () => void;
}

/**
 * What is being written in a conversation, and what it answers. Kept at every change, on all my devices (C17): a draft of another one
 * shows up here unless this one is being written in.
 */
export function useDraft({ handle, state }: OpenConversation): WrittenMessage {
  const conversationId = state.conversation?.id;
  const { replyTo } = useComposing(conversationId);
  const [text, setText] = useState(state.draft?.text ?? "");
  const held = useRef(contentOf(state.draft));
  const typedAtMs = useRef(0);
  const bring = useReplyOf(state.messages, conversationId);

  useEffect(() => {
    const theirs = contentOf(state.draft);
    const take = () => {
      // What is too long to be kept is here alone.
      if (isSame(theirs, held.current) || lengthOf(held.current.text).tooLong) return;
      held.current = theirs;
      setText(theirs.text);
      if (theirs.replyToId !== null) bring(theirs.replyToId);
      else if (conversationId !== undefined) stopComposing(conversationId);
    };
    const waitMs = wasDraftExpected(conversationId) ? 0 : typedAtMs.current + writingMs - Date.now();
    if (waitMs <= 0) return take();
    // The next key makes this one the later draft, and so ends the wait.
    const timer = setTimeout(take, waitMs);
    return () => clearTimeout(timer);
  }, [state.draft, conversationId, bring]);

  const replyToId = replyTo?.id ?? null;
  useEffect(() => {
    if (held.current.replyToId !== null) bring(held.current.replyToId);
  }, [bring]);

  const before = useRef(replyToId);
  useEffect(() => {
    const changed = before.current !== replyToId;
    before.current = replyToId;
    if (!changed || held.current.replyToId === replyToId) return;
    held.current = { ...held.current, replyToId };
    handle.saveDraft(held.current.text, replyToId);
  }, [replyToId, handle]);

  const write = (next: string) => {
    typedAtMs.current = Date.now();
    setText(next);
    held.current = { text: next, replyToId };
    // Longer ones cannot be sent either, and stay here.
    if (!lengthOf(next).tooLong) handle.saveDraft(next, replyToId);
    if (next !== "") handle.typing();
  };
  const sent = () => {
    typedAtMs.current = 0;
    setText("");
    held.current = contentOf(null);
    if (conversationId !== undefined) stopComposing(conversationId);
  };
  return { text, replyTo, write, sent };
}

/** A draft names what it answers: the message itself is held, or asked for. One that is gone is not answered any more. */
function useReplyOf(messages: readonly Message[], conversationId: string | undefined): (messageId: string) => void {
  const sotto = useSotto();
  const held = useRef(messages);
  useEffect(() => {
    held.current = messages;
  }, [messages]);
  return useCallback(
    (messageId) => {
      if (conversationId === undefined || composingIn(conversationId).replyTo?.id === messageId) return;
      const message = held.current.find(({ id }) => id === messageId);
      if (message !== undefined) return startReply(message);
      sotto.call("messages.get", { conversationId, messageId }).then(startReply, () => {});
    },
    [sotto, conversationId],
  );
}

interface DraftContent {
  text: string;
  replyToId: string | null;
}

function contentOf(draft: Draft | null): DraftContent {
  return { text: draft?.text ?? "", replyToId: draft?.replyToId ?? null };
}

function isSame(a: DraftContent, b: DraftContent): boolean {
  return a.text === b.text && a.replyToId === b.replyToId;
}
