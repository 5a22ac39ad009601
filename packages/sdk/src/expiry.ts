import type { Message } from "@sotto/protocol/types.ts";

/** Pure: what has disappeared by now (R21: this device evicts its copy, whether the server said so yet or not). */
export function withoutExpired(messages: readonly Message[], nowMs: number): readonly Message[] {
  const gone = new Set(messages.filter((one) => isExpired(one, nowMs)).map((one) => one.id));
  if (gone.size === 0) return messages;
  return messages.map((one) => {
    if (gone.has(one.id)) return expired(one);
    const { replyTo } = one;
    if (!replyTo || !gone.has(replyTo.messageId)) return one;
    return { ...one, replyTo: { messageId: replyTo.messageId, seq: replyTo.seq, kind: "gone" as const } };
  });
}

/** When the next of them disappears. */
export function nextExpiryMs(messages: readonly Message[]): number {
  let nextMs = Infinity;
  // Thousands at every event: none of them is parsed that has no end.
  for (const { expiresAt } of messages) if (expiresAt !== undefined) nextMs = Math.min(nextMs, Date.parse(expiresAt));
  return nextMs;
}

function isExpired({ expiresAt }: Message, nowMs: number): boolean {
  return expiresAt !== undefined && Date.parse(expiresAt) <= nowMs;
}

/** The same change: the server's own tombstone takes its place. */
function expired(message: Message): Message {
  const { id, conversationId, seq, change, senderId, clientId, createdAt, expiresAt = createdAt } = message;
  return {
    ...{ id, conversationId, seq, change, senderId, createdAt },
    ...(clientId !== undefined && { clientId }),
    ...{ text: "", media: [], unsentAt: expiresAt, gone: "expired" as const },
  };
}
