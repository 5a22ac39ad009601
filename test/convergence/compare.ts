import type { PersonView } from "./model.ts";

/** Where a device shows something else than a fresh client of the same person, in words. Pure. */
export function differences(device: PersonView, fresh: PersonView): string[] {
  const found = unlike("settings", device.settings, fresh.settings);
  for (const [id, wanted] of fresh.conversations) {
    const held = device.conversations.get(id);
    if (!held) return [...found, `${id.slice(-4)} is not there`];
    const where = `in ${id.slice(-4)}: `;
    const { activityAt } = held.conversation;
    const apartMs = Math.abs(Date.parse(activityAt) - Date.parse(wanted.conversation.activityAt));
    const as = apartMs <= activityToleranceMs ? { ...wanted.conversation, activityAt } : wanted.conversation;
    found.push(...unlike(`${where}conversation`, held.conversation, as));
    // Where both hold something; and the newest fifty everybody holds. Where the fresh client has all that there is, nothing is before it.
    const isAll = wanted.messages.length < comparedMessages;
    const [heldFrom, wantedFrom] = [held.messages[0]?.seq ?? 0, isAll ? 0 : (wanted.messages[0]?.seq ?? 0)];
    const own = held.messages.filter((one) => one.seq >= wantedFrom);
    const theirs = wanted.messages.filter((one) => one.seq >= heldFrom);
    if (held.messages.length < Math.min(leastHeld, wanted.messages.length))
      found.push(`${where}only ${held.messages.length} messages`);
    found.push(...unlikeLists(where, own, theirs));
  }
  return found;
}

/** Of several messages in one moment, whose times need not be in their order, the server may write down the last one's alone. */
const activityToleranceMs = 2_000;
/** So many of the newest messages of each conversation are compared. */
export const comparedMessages = 100;
/** A page less what may be hidden in it. */
const leastHeld = 30;

function unlikeLists(where: string, own: readonly { seq: number }[], theirs: readonly { seq: number }[]): string[] {
  const bySeq = new Map(theirs.map((one) => [one.seq, one]));
  const extra = own.filter((one) => !bySeq.has(one.seq)).map((one) => `${where}message ${one.seq} is too much`);
  const held = new Map(own.map((one) => [one.seq, one]));
  const missing = theirs.filter((one) => !held.has(one.seq)).map((one) => `${where}message ${one.seq} is missing`);
  const other = theirs.flatMap((one) => {
    const mine = held.get(one.seq);
    return mine ? unlike(`${where}message ${one.seq}`, mine, one) : [];
  });
  const isSorted = own.every((one, index) => index === 0 || one.seq > (own[index - 1]?.seq ?? 0));
  return [...extra, ...missing, ...other, ...(isSorted ? [] : [`${where}out of order`])];
}

/** Key by key, so that a report says which. */
function unlike(what: string, held: object, wanted: object): string[] {
  const keys = new Set([...Object.keys(held), ...Object.keys(wanted)]);
  const [one, other] = [new Map(Object.entries(held)), new Map(Object.entries(wanted))];
  return [...keys].flatMap((key) =>
    Bun.deepEquals(one.get(key), other.get(key))
      ? []
      : [`${what}.${key} is ${short(one.get(key))}, a fresh client has ${short(other.get(key))}`],
  );
}

function short(value: unknown): string {
  return (JSON.stringify(value) ?? "absent").slice(0, 300);
}
