import { limits } from "@sotto/protocol/limits.ts";
import type { Conversation, Draft, Message, Quote, Reaction } from "@sotto/protocol/types.ts";
import type { Change } from "./store/storage.ts";

/** Pure: what is shown of the server's words while changes of mine are on their way. */

/** Hidden ones are left out, texts and reactions are as they will be. Unsending shows when it is done: it may be refused. */
export function withChanges(
  messages: readonly Message[],
  changes: readonly Change[],
  at: { myId: string; nowIso: string },
): readonly Message[] {
  const hidden = new Set(changes.flatMap((one) => (one.what === "hide" ? one.messageIds : [])));
  const touched = messageIds(changes);
  if (hidden.size === 0 && touched.length === 0) return messages;
  const shown = messages.filter((one) => !hidden.has(one.id));
  return shown.map((one) =>
    touched.includes(one.id) ? changes.reduce((held, next) => changed(held, next, at), one) : one,
  );
}

/** Messages that have a change on its way. */
export function messageIds(changes: readonly Change[]): string[] {
  return changes.flatMap((one) => ("messageId" in one ? [one.messageId] : []));
}

export function conversationWith(conversation: Conversation, changes: readonly Change[]): Conversation {
  return changes.reduce((held, change) => {
    if (change.what === "update") return { ...held, ...change.set };
    if (change.what === "draft") return { ...held, draft: laterDraft(held.draft, change) };
    return held;
  }, conversation);
}

/** The later one wins (C17); an empty one drops it. */
export function laterDraft(held: Draft | null, written: Draft): Draft | null {
  if (held && Date.parse(held.writtenAt) > Date.parse(written.writtenAt)) return held;
  const { text, replyToId, writtenAt } = written;
  return text === "" && replyToId === null ? null : { text, replyToId, writtenAt };
}

/** What a message that answers this one shows of it. */
export function quoteOf(message: Message): Quote {
  const { id: messageId, seq, senderId } = message;
  if (message.unsentAt !== null) return { messageId, seq, kind: "gone" };
  const placeholder = message.media[0]?.placeholder;
  const text = [...message.text].slice(0, limits.quoteGraphemes).join("");
  return { ...{ messageId, seq, senderId, text }, kind: kindOf(message), ...(placeholder && { placeholder }) };
}

function kindOf(message: Message): Quote["kind"] {
  if (message.viewOnce) return "view_once";
  if (message.media.length > 0) return "photo";
  return message.card ? "card" : "text";
}

function changed(message: Message, change: Change, at: { myId: string; nowIso: string }): Message {
  if (!("messageId" in change) || change.messageId !== message.id || message.unsentAt !== null) return message;
  switch (change.what) {
    case "edit":
      return { ...message, text: change.text, editedAt: at.nowIso };
    case "react":
      return { ...message, reactions: reacted(message.reactions ?? [], change.emoji, at.myId) };
    case "unreact":
      return { ...message, reactions: withdrawn(message.reactions ?? [], change.emoji, at.myId) };
    case "pin":
      return { ...message, pinnedAt: message.pinnedAt ?? at.nowIso };
    case "unpin": {
      const { pinnedAt: _pinnedAt, ...rest } = message;
      return rest;
    }
    case "unsend":
      return message;
    default:
      return change satisfies never;
  }
}

function reacted(reactions: readonly Reaction[], emoji: string, myId: string): Reaction[] {
  const held = reactions.find((one) => one.emoji === emoji);
  if (held?.mine) return [...reactions];
  if (!held) return [...reactions, { emoji, count: 1, mine: true, personIds: [myId] }];
  const mine = { ...held, count: held.count + 1, mine: true, personIds: [...held.personIds, myId] };
  return reactions.map((one) => (one === held ? mine : one));
}

function withdrawn(reactions: readonly Reaction[], emoji: string, myId: string): Reaction[] {
  return reactions.flatMap((one) => {
    if (one.emoji !== emoji || !one.mine) return [one];
    const personIds = one.personIds.filter((id) => id !== myId);
    return one.count > 1 ? [{ ...one, count: one.count - 1, mine: false, personIds }] : [];
  });
}
