import type { Message } from "@sotto/protocol/types.ts";

/**
 * The held part of one conversation. Pure: every function returns a new log, or the same one when nothing changed.
 *
 * Invariants: `messages` are in order of seq (R14) and hold everything between the first and the last one; every mutation
 * up to `change` is applied to them. What arrived too early (`change` would jump) waits in `ahead` until the hole is filled,
 * by the late event or by a pull (R15).
 */
export interface MessageLog {
  readonly messages: readonly Message[];
  readonly change: number;
  readonly hasOlder: boolean;
  readonly ahead: readonly Message[];
}

/** Each mutation counts one; past this many waiting events the oldest wait for the pull instead. */
const aheadMost = 200;

export function startLog(page: { items: readonly Message[]; change: number; hasOlder: boolean }): MessageLog {
  return { messages: bySeq(page.items), change: page.change, hasOlder: page.hasOlder, ahead: [] };
}

/** An event. A tombstone (R9) takes its message's place like any other change. */
export function receive(log: MessageLog, message: Message): MessageLog {
  if (message.change <= log.change) return replaceHeld(log, message);
  return drain({ ...log, ahead: [...log.ahead, message].slice(-aheadMost) });
}

/** True when something is missing before what waits: pull. */
export function hasGap(log: MessageLog): boolean {
  return log.ahead.length > 0;
}

/** The whole answer to a pull: everything that changed after `log.change` up to `change`. */
export function catchUp(log: MessageLog, pulled: { items: readonly Message[]; change: number }): MessageLog {
  const messages = applyAll(log.messages, pulled.items);
  return drain({ ...log, messages, change: Math.max(log.change, pulled.change) });
}

/** A page before the first held message. */
export function prepend(log: MessageLog, page: { items: readonly Message[]; hasOlder: boolean }): MessageLog {
  const first = log.messages[0]?.seq ?? Infinity;
  const older = bySeq(page.items.filter((one) => one.seq < first));
  return { ...log, messages: [...older, ...log.messages], hasOlder: page.hasOlder };
}

function drain(log: MessageLog): MessageLog {
  const waiting = [...log.ahead].sort((a, b) => a.change - b.change);
  let { messages, change } = log;
  const ahead: Message[] = [];
  for (const message of waiting) {
    if (message.change > change + 1) {
      ahead.push(message);
      continue;
    }
    messages = applyAll(messages, [message]);
    change = Math.max(change, message.change);
  }
  return { ...log, messages, change, ahead };
}

function replaceHeld(log: MessageLog, message: Message): MessageLog {
  const held = log.messages.find((one) => one.seq === message.seq);
  return held && held.change < message.change ? { ...log, messages: applyAll(log.messages, [message]) } : log;
}

/** Newest change wins; what lies before the held part is left out, it will be loaded fresh. */
function applyAll(held: readonly Message[], items: readonly Message[]): readonly Message[] {
  const first = held[0]?.seq ?? -Infinity;
  const [only] = items;
  // The usual case, one new message at the end, without sorting thousands again.
  if (only && items.length === 1 && only.seq > (held.at(-1)?.seq ?? -Infinity)) return [...held, only];
  const merged = new Map(held.map((one) => [one.seq, one]));
  for (const item of items) {
    const before = merged.get(item.seq);
    if (item.seq < first || (before && before.change >= item.change)) continue;
    merged.set(item.seq, item);
  }
  return bySeq([...merged.values()]);
}

function bySeq(messages: readonly Message[]): readonly Message[] {
  return messages.toSorted((a, b) => a.seq - b.seq);
}
