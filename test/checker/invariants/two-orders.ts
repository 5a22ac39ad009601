import type { CommandOutput } from "@sotto/protocol/commands.ts";
import type { Facts } from "../facts.ts";
import { okOf } from "../history.ts";

/**
 * (3) One order of each conversation, for every device and at all times (R14): a message keeps its number, pages and views follow
 * the numbers, and who was answered before somebody else began comes first.
 */
export function twoOrders(facts: Facts): string[] {
  return [...movedMessages(facts), ...pagesOutOfOrder(facts), ...viewsOutOfOrder(facts), ...laterBeforeEarlier(facts)];
}

/** By its words, which no other message has: the id says the number, and would move with it. */
function movedMessages({ sightings, stored }: Facts): string[] {
  const nameOf = (one: { conversationId: string; text: string }) => `${one.conversationId} ${one.text}`;
  const places = new Map<string, number>([...stored.values()].map((row) => [nameOf(row), row.seq]));
  const violations: string[] = [];
  for (const { message, device, by } of sightings.filter((one) => one.message.text !== "")) {
    const before = places.get(nameOf(message)) ?? message.seq;
    places.set(nameOf(message), before);
    if (before !== message.seq)
      violations.push(`${message.id} has number ${before}, and ${device} saw it with ${message.seq} (${by})`);
  }
  return violations;
}

function pagesOutOfOrder({ history }: Facts): string[] {
  return history.calls.flatMap((call) => {
    if (call.command === "messages.list") {
      const seqs = okOf<CommandOutput<"messages.list">>(call.outcome)?.items.map((one) => one.seq) ?? [];
      return isRising(seqs) ? [] : [`a page of history shows ${seqs.join(" ")} to ${call.device}`];
    }
    if (call.command === "messages.changes") {
      const changes = okOf<CommandOutput<"messages.changes">>(call.outcome)?.items.map((one) => one.change) ?? [];
      return isRising(changes) ? [] : [`a page of changes shows ${changes.join(" ")} to ${call.device}`];
    }
    return [];
  });
}

function viewsOutOfOrder({ history, final }: Facts): string[] {
  const views = [...history.views, ...final.devices.flatMap((one) => one.views)];
  return views.flatMap(({ device, conversationId, messages }) =>
    isRising(messages.map((one) => one.seq)) ? [] : [`${device} shows ${conversationId} out of order`],
  );
}

/** By conversation, in the order of their first attempts: the highest number answered before is below each. */
function laterBeforeEarlier({ sends }: Facts): string[] {
  const answered = [...sends.values()].flatMap(({ conversationId, clientId, firstMs, acks }) => {
    const [first] = acks.toSorted((a, b) => a.call.toMs - b.call.toMs);
    return first ? [{ conversationId, clientId, firstMs, ackedMs: first.call.toMs, seq: first.message.seq }] : [];
  });
  return [...Map.groupBy(answered, (one) => one.conversationId).values()].flatMap((ofOne) => {
    const byAck = ofOne.toSorted((a, b) => a.ackedMs - b.ackedMs);
    let [next, highest] = [0, 0];
    return ofOne
      .toSorted((a, b) => a.firstMs - b.firstMs)
      .flatMap(({ clientId, firstMs, seq }) => {
        for (let done = byAck[next]; done && done.ackedMs < firstMs; done = byAck[(next += 1)])
          highest = Math.max(highest, done.seq);
        return seq > highest ? [] : [`${clientId} began after number ${highest} was answered, and got ${seq}`];
      });
  });
}

function isRising(numbers: readonly number[]): boolean {
  return numbers.every((number, place) => place === 0 || number > (numbers[place - 1] ?? 0));
}
