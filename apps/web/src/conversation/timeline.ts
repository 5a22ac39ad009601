import type { Message } from "@sotto/protocol/types.ts";
import type { Outgoing } from "@sotto/sdk/interface.ts";
import { dayKey } from "../text/time.ts";

/** What stands in a conversation from top to bottom: a row for each message, with what stands above it. */
export type TimelineRow = MessageItem | OutgoingItem;
export type MessageItem = { is: "message"; key: string; message: Message } & Place;
export type OutgoingItem = { is: "outgoing"; key: string; outgoing: Outgoing } & Place;

interface Place {
  /** It is the first one of its day: the day stands above it. */
  day: boolean;
  /** The first one that was not read when the conversation was opened: the "New" line stands above it. */
  unread: boolean;
  mine: boolean;
  /** First and last of a group: same sender, each within a minute of the one before. Between them the joint is tight. */
  first: boolean;
  last: boolean;
  /** First and last of what one person wrote without another in between, however long it took: where a group says who. */
  opens: boolean;
  closes: boolean;
  /** A time is written where somebody would wonder: before a pause, and at the end. */
  showTime: boolean;
  atMs: number;
}

export interface TimelineOptions {
  messages: readonly Message[];
  /** There are older ones than these. */
  hasOlder: boolean;
  outgoing: readonly Outgoing[];
}

interface Fixed {
  myId: string;
  /** The read marker when the conversation was opened; the "New" line stands after it. */
  readSeq: number | null;
}

interface Entry {
  key: string;
  senderId: string;
  atMs: number;
  day: string;
  unread: boolean;
  content: { is: "message"; message: Message } | { is: "outgoing"; outgoing: Outgoing };
}

interface Around {
  before: Entry | undefined;
  next: Entry | undefined;
  /** It is the first one that was not read. */
  unread: boolean;
}

const groupGapMs = 60_000;
const pauseMs = 5 * 60_000;

/**
 * Draws rows, and draws again only those whose message or neighbours are others than the last time: a row that stays is the same
 * object. One page more of a conversation of 20,000 messages costs the page, and a comparison of each of the others: remembered in weak
 * maps, they cost 15 ms a page, and as much in each collection of garbage.
 */
export function createTimeline(fixed: Fixed): (options: TimelineOptions) => TimelineRow[] {
  let sent: Mapped<Message, Entry> = { of: [], is: [] };
  let rows: Mapped<Entry, TimelineRow> = { of: [], is: [] };

  return ({ messages, hasOlder, outgoing }) => {
    sent = mapped(sent, messages, { map: (message) => sentEntry(message, fixed), isSame: () => true });
    const waiting = waitingOf(messages, outgoing).map((one) => outgoingEntry(one, fixed));
    const entries = inOrder(sent.is, waiting);
    // Where what is held begins later, the first one that was not read is not among them.
    const reachesRead = !hasOlder || (messages[0]?.seq ?? 0) <= (fixed.readSeq ?? 0) + 1;
    const firstUnread = reachesRead ? firstUnreadOf(entries) : undefined;
    rows = mapped(rows, entries, {
      map: (entry, at) => {
        const around = { before: entries[at - 1], next: entries[at + 1], unread: entry === firstUnread };
        return { ...entry.content, key: entry.key, ...placeOf(entry, around, fixed.myId) };
      },
      isSame: (entry, at, was) =>
        rows.of[was - 1] === entries[at - 1] &&
        rows.of[was + 1] === entries[at + 1] &&
        rows.is[was]?.unread === (entry === firstUnread),
    });
    return rows.is;
  };
}

interface Mapped<T, R> {
  of: readonly T[];
  is: R[];
}

interface Mapping<T, R> {
  map: (one: T, at: number) => R;
  /** Whether what it was mapped to, when it stood at `was`, holds. */
  isSame: (one: T, at: number, was: number) => boolean;
}

/** Each of them mapped; what stands as far from what was first, or from what was last, as it did the last time stays as it is. */
function mapped<T, R>(last: Mapped<T, R>, of: readonly T[], { map, isSame }: Mapping<T, R>): Mapped<T, R> {
  const [first] = last.of;
  const fromFirst = first === undefined ? 0 : of.indexOf(first);
  const fromLast = of.length - last.of.length;
  const is = of.map((one, at) => {
    const was = last.of[at - fromFirst] === one ? at - fromFirst : at - fromLast;
    const result = last.of[was] === one && isSame(one, at, was) ? last.is[was] : undefined;
    return result ?? map(one, at);
  });
  return { of, is };
}

/** A loop: there are thousands, and mostly none of them is. */
function firstUnreadOf(entries: readonly Entry[]): Entry | undefined {
  for (const entry of entries) if (entry.unread) return entry;
  return undefined;
}

/** Where a message stands, or the next one after it where it is gone. -1 when there is none. Rows of messages are in order of seq. */
export function indexOfSeq(rows: readonly TimelineRow[], seq: number): number {
  return rows.findIndex((row) => row.is === "message" && row.message.seq >= seq);
}

function placeOf(entry: Entry, { before, next, unread }: Around, myId: string): Place {
  return {
    day: before?.day !== entry.day,
    unread,
    mine: entry.senderId === myId,
    first: !joined(before, entry),
    last: next === undefined || !joined(entry, next),
    opens: !sameRun(before, entry),
    closes: next === undefined || !sameRun(entry, next),
    showTime: next === undefined || next.atMs - entry.atMs > pauseMs || next.day !== entry.day,
    atMs: entry.atMs,
  };
}

function joined(a: Entry | undefined, b: Entry): boolean {
  return a !== undefined && sameRun(a, b) && b.atMs - a.atMs <= groupGapMs;
}

function sameRun(a: Entry | undefined, b: Entry): boolean {
  return a !== undefined && a.senderId === b.senderId && a.day === b.day && a.unread === b.unread;
}

/** Own messages keep the client's id as their key, so that a bubble stays itself when the server has it. */
function sentEntry(message: Message, { myId, readSeq }: Fixed): Entry {
  return {
    key: message.clientId ?? message.id,
    senderId: message.senderId,
    atMs: Date.parse(message.createdAt),
    day: dayKey(message.createdAt),
    // A tombstone is nothing to read (R16).
    unread: readSeq !== null && message.senderId !== myId && message.unsentAt === null && message.seq > readSeq,
    content: { is: "message", message },
  };
}

function outgoingEntry(outgoing: Outgoing, { myId }: Fixed): Entry {
  return {
    key: outgoing.clientId,
    senderId: myId,
    atMs: outgoing.createdAtMs,
    day: dayKey(outgoing.createdAtMs),
    unread: false,
    content: { is: "outgoing", outgoing },
  };
}

/** What has not arrived yet: a message is never shown twice (R13). */
function waitingOf(messages: readonly Message[], outgoing: readonly Outgoing[]): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing;
  const arrived = new Set(messages.map((message) => message.clientId));
  return outgoing.filter((one) => !arrived.has(one.clientId));
}

/** What failed stays where it was written: at the end it would stand before everything that is sent after it. */
function inOrder(sent: readonly Entry[], waiting: readonly Entry[]): readonly Entry[] {
  if (waiting.length === 0) return sent;
  const isFailed = ({ content }: Entry) => content.is === "outgoing" && content.outgoing.state === "failed";
  const entries = [...sent];
  for (const entry of waiting.filter(isFailed)) {
    const later = entries.findIndex((other) => other.atMs > entry.atMs);
    entries.splice(later === -1 ? entries.length : later, 0, entry);
  }
  entries.push(...waiting.filter((entry) => !isFailed(entry)));
  return entries;
}
