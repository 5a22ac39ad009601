import type { Message } from "@sotto/protocol/types.ts";
import { useCallback, useSyncExternalStore } from "react";

/**
 * What the composer of a conversation is about: a message that is being answered, or one of mine that is being edited. Never both.
 * Begun by a message's menu, ended by the composer; as long as the page lives.
 */
export interface Composing {
  replyTo: Message | null;
  editing: Message | null;
}

const nothing: Composing = { replyTo: null, editing: null };
const held = new Map<string, Composing>();
const expected = new Set<string>();
const listeners = new Set<() => void>();

export function useComposing(conversationId: string | undefined): Composing {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => composingIn(conversationId), [conversationId]),
  );
}

export function composingIn(conversationId: string | undefined): Composing {
  return (conversationId === undefined ? undefined : held.get(conversationId)) ?? nothing;
}

/** The composer shows what is answered, and takes the focus. */
export function startReply(message: Message): void {
  set(message.conversationId, { replyTo: message, editing: null });
}

/** The composer holds the text of a message of mine; what was being written comes back afterwards. */
export function startEdit(message: Message): void {
  set(message.conversationId, { replyTo: null, editing: message });
}

export function stopComposing(conversationId: string): void {
  set(conversationId, nothing);
}

/** The next draft of this conversation is made on this page: it stands in the box at once, also while somebody writes there. */
export function expectDraft(conversationId: string): void {
  expected.add(conversationId);
}

/** Asked once for each draft. */
export function wasDraftExpected(conversationId: string | undefined): boolean {
  return conversationId !== undefined && expected.delete(conversationId);
}

/** Of somebody who signs out nothing stays. */
export function forgetComposing(): void {
  held.clear();
  expected.clear();
  tell();
}

function set(conversationId: string, composing: Composing): void {
  if (composing === nothing) held.delete(conversationId);
  else held.set(conversationId, composing);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
