import type { CommandOutput } from "@sotto/protocol/commands.ts";
import { originalOf } from "../edited.ts";
import type { Facts } from "../facts.ts";
import { okOf } from "../history.ts";

/** (4) A number belongs to one message for ever, and every number below the last has its message or its tombstone (R9, R14). */
export function numberReused(facts: Facts): string[] {
  return [...twoHolders(facts), ...gapsInTheLog(facts), ...gapsInPages(facts), ...gapsInViews(facts)];
}

/** By sender and words: the id says conversation and number, so two holders have the same. A tombstone has no words any more. */
function twoHolders({ sightings, final }: Facts): string[] {
  const holders = new Map(final.rows.messages.map((row) => [`${row.conversationId} ${row.seq}`, pick(row)]));
  const violations: string[] = [];
  for (const { message, device } of sightings) {
    const key = `${message.conversationId} ${message.seq}`;
    const before = holders.get(key) ?? pick(message);
    holders.set(key, before.text === "" && before.senderId === message.senderId ? pick(message) : before);
    const otherWords = before.text !== "" && message.text !== "" && before.text !== originalOf(message.text);
    if (before.senderId !== message.senderId || otherWords)
      violations.push(
        `number ${key} is ${before.senderId}'s, and for ${device} another message of ${message.senderId}`,
      );
  }
  return violations;
}

function pick({ senderId, text }: { senderId: string; text: string }) {
  return { senderId, text: originalOf(text) };
}

export function gapsInTheLog({ final }: Facts): string[] {
  const rows = Map.groupBy(final.rows.messages, (row) => row.conversationId);
  return final.rows.conversations.flatMap(({ id, lastSeq, lastChange }) => {
    const own = rows.get(id) ?? [];
    const seqs = new Set(own.map((row) => row.seq));
    const missing = Array.from({ length: lastSeq }, (_, n) => n + 1).filter((seq) => !seqs.has(seq));
    const beyond = own.filter((row) => row.seq > lastSeq || row.seq < 1 || row.change > lastChange);
    const sameChange = own.length - new Set(own.map((row) => row.change)).size;
    return [
      ...missing.map((seq) => `${id} has nothing at number ${seq} of ${lastSeq}`),
      ...beyond.map((row) => `${id} has number ${row.seq} (change ${row.change}) beyond its last`),
      ...(sameChange > 0 ? [`${id} has ${sameChange} messages with the change of another`] : []),
    ];
  });
}

function gapsInPages({ history }: Facts): string[] {
  return history.calls.flatMap((call) => {
    if (call.command !== "messages.list") return [];
    const page = okOf<CommandOutput<"messages.list">>(call.outcome);
    return page && hasGap(page.items)
      ? [`a page of history has a gap for ${call.device}: ${page.items.map((one) => one.seq).join(" ")}`]
      : [];
  });
}

/** The SDK promises to hold everything between the first and the last message that it shows. */
function gapsInViews({ history, final }: Facts): string[] {
  const views = [...history.views, ...final.devices.filter((one) => one.isSdk).flatMap((one) => one.views)];
  return views.flatMap(({ device, conversationId, messages }) =>
    hasGap(messages) ? [`${device} shows ${conversationId} with a gap`] : [],
  );
}

function hasGap(items: readonly { seq: number }[]): boolean {
  const seqs = items.map((one) => one.seq);
  return seqs.length > 0 && Math.max(...seqs) - Math.min(...seqs) + 1 !== new Set(seqs).size;
}
