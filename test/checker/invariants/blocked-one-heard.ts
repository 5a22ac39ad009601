import type { Facts } from "../facts.ts";
import { isUncertain, type Call } from "../history.ts";

/**
 * (7) Nothing from a blocked person (R5): a message that they began to send into the conversation of the two after the block was
 * acknowledged, and before anybody began to lift it, is neither stored nor shown. What was refused is never delivered late.
 */
export function blockedOneHeard(facts: Facts): string[] {
  return [...afterBlock(facts), ...changedAfterBlock(facts), ...deliveredLate(facts)];
}

function afterBlock(facts: Facts): string[] {
  const exists = firstEvidence(facts);
  const directs = facts.world.chats.filter((chat) => chat.kind === "direct");
  return facts.blocks.flatMap(({ blockerId, blockedId, ackedMs, untilMs }) => {
    const chat = directs.find((one) => one.memberIds.includes(blockerId) && one.memberIds.includes(blockedId));
    if (!chat) return [];
    return [...facts.sends.values()].flatMap((send) => {
      const isTheirs = send.conversationId === chat.id && (send.senderId === blockedId || send.senderId === blockerId);
      if (!isTheirs || send.firstMs <= ackedMs || send.firstMs >= untilMs) return [];
      return (exists.get(send.clientId) ?? Infinity) < untilMs
        ? [`${send.clientId} of ${send.senderId} went through the block of ${blockedId} by ${blockerId}`]
        : [];
    });
  });
}

const changing = new Set(["messages.edit", "messages.react", "messages.pin"]);

/** T9: edits, reactions and pins are decided as a send. One of what changed nothing is refused as well. */
function changedAfterBlock({ history, blocks, world }: Facts): string[] {
  const calls = history.calls.filter((call) => changing.has(call.command) && call.outcome.is === "ok");
  return blocks.flatMap(({ blockerId, blockedId, ackedMs, untilMs }) => {
    const chat = world.chats.find(
      (one) => one.kind === "direct" && one.memberIds.includes(blockerId) && one.memberIds.includes(blockedId),
    );
    return calls.flatMap((call) => {
      const isTheirs = chat !== undefined && call.input["conversationId"] === chat.id;
      return isTheirs && call.fromMs > ackedMs && call.toMs < untilMs
        ? [`${call.command} of ${call.personId} went through the block of ${blockedId} by ${blockerId}`]
        : [];
    });
  });
}

/** When each send was first known to be a message; the end, when it is only found in the database. */
function firstEvidence({ sends, sightings, stored }: Facts): Map<string, number> {
  const first = new Map<string, number>();
  const add = (clientId: string, atMs: number) => first.set(clientId, Math.min(first.get(clientId) ?? Infinity, atMs));
  for (const row of stored.values()) add(row.clientId, Number.MAX_VALUE);
  for (const { message, atMs } of sightings) {
    const clientId = stored.get(message.id)?.clientId ?? message.clientId;
    if (clientId !== undefined) add(clientId, atMs);
  }
  for (const { clientId, acks } of sends.values()) for (const { call } of acks) add(clientId, call.toMs);
  return first;
}

function deliveredLate({ sends, stored }: Facts): string[] {
  const kept = new Set([...stored.values()].map((row) => row.clientId));
  return [...sends.values()].flatMap(({ clientId, calls }) => {
    const codes = calls.map(({ outcome }) => (outcome.is === "refused" ? outcome.code : outcome.is));
    return kept.has(clientId) && calls.every(isRefusedForGood)
      ? [`${clientId} was refused (${codes.join(", ")}), and is there`]
      : [];
  });
}

function isRefusedForGood({ outcome }: Call): boolean {
  return outcome.is === "refused" && !isUncertain(outcome) && !["conflict", "rate_limited"].includes(outcome.code);
}
