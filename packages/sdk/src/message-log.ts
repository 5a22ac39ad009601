import type { Message } from "@sotto/protocol/types.ts";

/**
 * A held part of one conversation: its live end, or a window around an older message. Pure: every function returns a new log, or
 * the same one when nothing changed.
 *
 * Invariants: `messages` are in order of seq (R14) and hold everything between the first and the last one but what I deleted for me
 * (`hidden`, R10), which never comes back; every mutation up to `change` is applied to them. What arrived too early (`change` would
 * jump) waits in `ahead` until the hole is filled, by the late event or by a pull (R15). Only with `hasNewer` there are newer ones
 * after the last: a new message is none of a window's.
 */
export interface MessageLog {
  readonly messages: readonly Message[];
  readonly change: number;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
  readonly ahead: readonly Message[];
  readonly hidden: ReadonlySet<number>;
}

export interface Page {
  items: readonly Message[];
  change: number;
  hasOlder: boolean;
  hasNewer?: boolean;
}

/** Each mutation counts one; past this many waiting events the oldest wait for the pull instead. */
const aheadMost = 200;

export function startLog(page: Page, hidden: ReadonlySet<number> = new Set()): MessageLog {
  const messages = bySeq(visible({ hidden }, page.items));
  const { change, hasOlder, hasNewer = false } = page;
  return { messages, change, hasOlder, hasNewer, ahead: [], hidden };
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

/**
 * The whole answer to a pull: everything that changed after `after` up to `change`. While it was on its way an older page may have come,
 * read before `after`: what changed between the two is in neither, and the log stays where it is for the next pull.
 */
export function catchUp(
  log: MessageLog,
  pulled: { items: readonly Message[]; after: number; change: number },
): MessageLog {
  const messages = applyAll(log, pulled.items);
  const change = log.change < pulled.after ? log.change : Math.max(log.change, pulled.change);
  return drain({ ...log, messages, change });
}

/**
 * A page before the first held message. One that was read before what this log holds already lacks the changes in between, which
 * passed by while it was on its way: `change` goes back to the page's, so that the next pull brings them.
 */
export function prepend(log: MessageLog, page: Page): MessageLog {
  const first = log.messages[0]?.seq ?? Infinity;
  const older = visible(log, page.items).filter((one) => one.seq < first);
  const messages = [...bySeq(older), ...log.messages];
  return { ...log, messages, change: Math.min(log.change, page.change), hasOlder: page.hasOlder };
}

/** A page after the last message of a window; `change` as in `prepend`. */
export function append(log: MessageLog, page: Page): MessageLog {
  const last = log.messages.at(-1)?.seq ?? -Infinity;
  const newer = visible(log, page.items).filter((one) => one.seq > last);
  const messages = [...log.messages, ...bySeq(newer)];
  return drain({ ...log, messages, change: Math.min(log.change, page.change), hasNewer: page.hasNewer ?? false });
}

/** The window and the live end as one, where they meet; undefined while messages lie between them. */
export function join(window: MessageLog, live: MessageLog): MessageLog | undefined {
  const last = window.messages.at(-1)?.seq ?? -Infinity;
  const meets = !window.hasNewer || !live.hasOlder || last >= (live.messages[0]?.seq ?? Infinity) - 1;
  if (!meets) return undefined;
  const hidden = new Set([...window.hidden, ...live.hidden]);
  const isLonger = (window.messages[0]?.seq ?? Infinity) < (live.messages[0]?.seq ?? Infinity);
  const all = new Map(live.messages.map((one) => [one.seq, one]));
  for (const one of window.messages) if (one.change > (all.get(one.seq)?.change ?? -1)) all.set(one.seq, one);
  return drain({
    messages: bySeq(visible({ hidden }, [...all.values()])),
    // What only one of them has applied comes by the next pull.
    change: Math.min(window.change, live.change),
    hasOlder: isLonger ? window.hasOlder : live.hasOlder,
    hasNewer: false,
    ahead: [...window.ahead, ...live.ahead],
    hidden,
  });
}

/**
 * The part with at most so many messages before and after this one. What is left out is loaded again as it is then; after a part that
 * ends earlier new messages are none of its own.
 */
export function partAround(log: MessageLog, seq: number, most: { before: number; after: number }): MessageLog {
  const at = log.messages.findIndex((one) => one.seq >= seq);
  const middle = at === -1 ? log.messages.length - 1 : at;
  const from = Math.max(0, middle - most.before);
  const to = Math.min(log.messages.length, middle + most.after + 1);
  if (from === 0 && to === log.messages.length) return log;
  const hasNewer = log.hasNewer || to < log.messages.length;
  return { ...log, messages: log.messages.slice(from, to), hasOlder: log.hasOlder || from > 0, hasNewer };
}

/** Deleted for me (R10). */
export function hide(log: MessageLog, seqs: readonly number[]): MessageLog {
  if (seqs.every((seq) => log.hidden.has(seq))) return log;
  const hidden = new Set([...log.hidden, ...seqs]);
  return { ...log, hidden, messages: visible({ hidden }, log.messages) };
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
    messages = applyAll({ ...log, messages }, [message]);
    change = Math.max(change, message.change);
  }
  return { ...log, messages, change, ahead };
}

function replaceHeld(log: MessageLog, message: Message): MessageLog {
  const held = log.messages.find((one) => one.seq === message.seq);
  return held && held.change < message.change ? { ...log, messages: applyAll(log, [message]) } : log;
}

/** Newest change wins; what lies before the held part, or after a window, is left out: it will be loaded fresh. */
function applyAll(log: MessageLog, incoming: readonly Message[]): readonly Message[] {
  const held = log.messages;
  const first = held[0]?.seq ?? -Infinity;
  const last = held.at(-1)?.seq ?? -Infinity;
  const items = visible(log, incoming).filter((one) => !log.hasNewer || one.seq <= last);
  if (items.length === 0) return held;
  const [only] = items;
  // The usual case, one new message at the end, without sorting thousands again.
  if (only && items.length === 1 && only.seq > last) return [...held, only];
  const merged = new Map(held.map((one) => [one.seq, one]));
  for (const item of items) {
    const before = merged.get(item.seq);
    if (item.seq < first || (before && before.change >= item.change)) continue;
    merged.set(item.seq, item);
  }
  return bySeq([...merged.values()]);
}

/** Without what is hidden, in the words of quotes too. */
function visible({ hidden }: Pick<MessageLog, "hidden">, items: readonly Message[]): readonly Message[] {
  if (hidden.size === 0) return items;
  return items.filter((one) => !hidden.has(one.seq)).map((one) => withoutHiddenQuote(one, hidden));
}

function withoutHiddenQuote(message: Message, hidden: ReadonlySet<number>): Message {
  const { replyTo } = message;
  if (!replyTo || replyTo.kind === "gone" || !hidden.has(replyTo.seq)) return message;
  return { ...message, replyTo: { messageId: replyTo.messageId, seq: replyTo.seq, kind: "gone" } };
}

function bySeq(messages: readonly Message[]): readonly Message[] {
  return messages.toSorted((a, b) => a.seq - b.seq);
}
