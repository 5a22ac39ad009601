import type { Message } from "@sotto/protocol/types.ts";
import type { Outgoing } from "@sotto/sdk/interface.ts";
import { dayKey } from "../text/time.ts";

/** What stands in a conversation from top to bottom. Pure: messages in, rows out. */
export type TimelineItem =
  | { is: "day"; key: string; atMs: number }
  | { is: "unread"; key: string }
  | ({ is: "message"; key: string; message: Message } & Place)
  | ({ is: "outgoing"; key: string; outgoing: Outgoing } & Place);

interface Place {
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

interface Entry {
  key: string;
  senderId: string;
  atMs: number;
  seq: number;
  content: { is: "message"; message: Message } | { is: "outgoing"; outgoing: Outgoing };
}

interface TimelineOptions {
  messages: readonly Message[];
  outgoing: readonly Outgoing[];
  myId: string;
  /** The read marker when the conversation was opened; the "New" line stands after it. */
  readSeq: number | null;
}

const groupGapMs = 60_000;
const pauseMs = 5 * 60_000;

export function timeline(options: TimelineOptions): TimelineItem[] {
  const entries = toEntries(options);
  const items: TimelineItem[] = [];
  let unreadDrawn = false;
  entries.forEach((entry, at) => {
    const before = entries[at - 1];
    const newDay = before === undefined || dayKey(before.atMs) !== dayKey(entry.atMs);
    if (newDay) items.push({ is: "day", key: `day-${dayKey(entry.atMs)}`, atMs: entry.atMs });
    const newlyUnread = !unreadDrawn && isUnread(entry, options);
    if (newlyUnread) {
      unreadDrawn = true;
      items.push({ is: "unread", key: "unread" });
    }
    items.push({ ...entry.content, key: entry.key, ...placeOf(entries, at, options) });
  });
  return items;
}

function placeOf(entries: readonly Entry[], at: number, options: TimelineOptions): Place {
  const entry = entries[at];
  const next = entries[at + 1];
  if (entry === undefined) throw new RangeError(`no entry ${at}`);
  return {
    mine: entry.senderId === options.myId,
    first: !joined(entries[at - 1], entry, options),
    last: next === undefined || !joined(entry, next, options),
    opens: !sameRun(entries[at - 1], entry, options),
    closes: next === undefined || !sameRun(entry, next, options),
    showTime: next === undefined || next.atMs - entry.atMs > pauseMs || dayKey(next.atMs) !== dayKey(entry.atMs),
    atMs: entry.atMs,
  };
}

function joined(a: Entry | undefined, b: Entry, options: TimelineOptions): boolean {
  return sameRun(a, b, options) && a !== undefined && b.atMs - a.atMs <= groupGapMs;
}

function sameRun(a: Entry | undefined, b: Entry, options: TimelineOptions): boolean {
  if (a === undefined || a.senderId !== b.senderId) return false;
  if (dayKey(a.atMs) !== dayKey(b.atMs)) return false;
  return isUnread(a, options) === isUnread(b, options);
}

/** A tombstone is nothing to read (R16). */
function isUnread(entry: Entry, { readSeq, myId }: TimelineOptions): boolean {
  return (
    readSeq !== null &&
    entry.senderId !== myId &&
    entry.content.is === "message" &&
    entry.content.message.unsentAt === null &&
    entry.seq > readSeq
  );
}

/** Own messages keep the client's id as their key, so that a bubble stays itself when the server has it. */
function toEntries({ messages, outgoing, myId }: TimelineOptions): Entry[] {
  const arrived = new Set(messages.map((message) => message.clientId));
  const sent = messages.map<Entry>((message) => ({
    key: message.clientId ?? message.id,
    senderId: message.senderId,
    atMs: Date.parse(message.createdAt),
    seq: message.seq,
    content: { is: "message", message },
  }));
  const waiting = outgoing
    .filter((one) => !arrived.has(one.clientId))
    .map<Entry>((one) => ({
      key: one.clientId,
      senderId: myId,
      atMs: one.createdAtMs,
      seq: Number.MAX_SAFE_INTEGER,
      content: { is: "outgoing", outgoing: one },
    }));
  const failed = waiting.filter(
    (entry) => entry.content.is === "outgoing" && entry.content.outgoing.state === "failed",
  );
  const underWay = waiting.filter((entry) => !failed.includes(entry));
  return [...inTime(sent, failed), ...underWay];
}

/** What failed stays where it was written: at the end it would stand before everything that is sent after it. */
function inTime(sent: readonly Entry[], failed: readonly Entry[]): Entry[] {
  const entries = [...sent];
  for (const entry of failed) {
    const later = entries.findIndex((other) => other.atMs > entry.atMs);
    entries.splice(later === -1 ? entries.length : later, 0, entry);
  }
  return entries;
}
