import type { Facts } from "../facts.ts";

/** (2) One client id, one message: in the database, in answers, and in what its sender is shown (R13). */
export function twoMessages(facts: Facts): string[] {
  return [...twiceStored(facts), ...twiceShown(facts), ...conflictsTaken(facts)];
}

export function twiceStored({ final }: Facts): string[] {
  const byId = Map.groupBy(final.rows.messages, (row) => `${row.senderId} ${row.conversationId} ${row.clientId}`);
  return [...byId].flatMap(([key, rows]) => (rows.length > 1 ? [`${key} made ${rows.length} messages`] : []));
}

function twiceShown({ sightings }: Facts): string[] {
  const found = new Map<string, string>();
  const violations: string[] = [];
  for (const { message } of sightings) {
    if (message.clientId === undefined) continue;
    const key = `${message.senderId} ${message.conversationId} ${message.clientId}`;
    const before = found.get(key) ?? message.id;
    found.set(key, before);
    if (before !== message.id) violations.push(`${key} was shown as ${before} and as ${message.id}`);
  }
  return violations;
}

/** Other content under a used client id is refused; only a tombstone, whose fingerprint is erased, answers it. */
function conflictsTaken({ sends, unsends }: Facts): string[] {
  return [...sends.values()].flatMap(({ clientId, text, acks }) =>
    acks.flatMap(({ message, call }) => {
      const isOther = call.kind === "conflict" && call.input["text"] !== text;
      return isOther && !unsends.has(message.id) ? [`${clientId} was taken again with other content`] : [];
    }),
  );
}
