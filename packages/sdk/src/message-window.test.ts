import { expect, test } from "bun:test";
import type { Message } from "@sotto/protocol/types.ts";
import { append, catchUp, hide, join, partAround, prepend, receive, startLog, type MessageLog } from "./message-log.ts";

test("a window takes changes of what it holds, and no new message", () => {
  const window = startLog({ ...page([message(5, 5), message(6, 6)], 20), hasOlder: true, hasNewer: true });
  const after = [message(21, 21), edited(5, 22), message(23, 23)].reduce(receive, window);
  expect(after.messages.map((one) => [one.seq, one.text])).toEqual([
    [5, "edited 22"],
    [6, "text 6"],
  ]);
  expect(after.change).toBe(23);
});

test("a window and the live end become one where they meet, and stay two while they do not", () => {
  const live = startLog({ ...page([message(8, 8), message(9, 9)], 9), hasOlder: true });
  let window = startLog({ ...page([message(2, 2), message(3, 3)], 9), hasOlder: true, hasNewer: true });
  expect(join(window, live)).toBeUndefined();
  window = append(window, {
    ...page(
      [4, 5, 6, 7, 8].map((seq) => message(seq, seq)),
      9,
    ),
    hasOlder: true,
    hasNewer: true,
  });
  const joined = join(window, live);
  expect(joined?.messages.map((one) => one.seq)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  expect(joined).toMatchObject({ hasOlder: true, hasNewer: false, change: 9 });
});

test("of a long log the part around a message stays, and knows that there is more on the sides that went", () => {
  const log = startLog(
    page(
      [1, 2, 3, 4, 5, 6, 7].map((seq) => message(seq, seq)),
      7,
    ),
  );
  const part = partAround(log, 4, { before: 2, after: 1 });
  expect(part.messages.map((one) => one.seq)).toEqual([2, 3, 4, 5]);
  expect(part).toMatchObject({ hasOlder: true, hasNewer: true, change: 7 });
  // A new message is none of its own any more, a change of what it holds is.
  expect([message(8, 8), edited(3, 9)].reduce(receive, part).messages.map((one) => one.text)).toEqual([
    ...["text 2", "edited 9", "text 4", "text 5"],
  ]);
  expect(partAround(log, 7, { before: 3, after: 3 })).toMatchObject({ hasOlder: true, hasNewer: false });
  expect(partAround(log, 99, { before: 0, after: 0 }).messages.map((one) => one.seq)).toEqual([7]);
  expect(partAround(log, 4, { before: 3, after: 3 })).toBe(log);
});

test("R15: a page that was read before a change which passed it by makes the log ask again", () => {
  let log = startLog({ ...page([message(5, 5)], 5), hasOlder: true });
  log = receive(log, edited(2, 6));
  expect(log.change).toBe(6);
  log = prepend(log, page([message(2, 2), message(3, 3), message(4, 4)], 5));
  expect(log.change).toBe(5);
  log = catchUp(log, { items: [edited(2, 6)], after: 5, change: 6 });
  expect(log.messages[0]?.text).toBe("edited 6");
});

test("R15: an older page that came while a pull was on its way is not passed by that pull", () => {
  let log = startLog({ ...page([message(5, 5)], 5), hasOlder: true });
  log = receive(log, edited(2, 6));
  // Asked after 6; the page was read at 5, before the edit.
  const pulled = { items: [edited(5, 7)], after: log.change, change: 7 };
  log = prepend(log, page([message(2, 2), message(3, 3), message(4, 4)], 5));
  log = catchUp(log, pulled);
  expect(log.change).toBe(5);
  log = catchUp(log, { items: [edited(2, 6), edited(5, 7)], after: log.change, change: 7 });
  expect(log.messages.map((one) => one.text)).toEqual(["edited 6", "text 3", "text 4", "edited 7"]);
});

test("R10: what is deleted for me does not come back by an event, a page or a pull, nor in a quote", () => {
  const quoting = { ...message(3, 3), replyTo: { messageId: "m2", seq: 2, kind: "text" as const, text: "text 2" } };
  let log = hide(startLog({ ...page([message(2, 2), quoting], 3), hasOlder: true }), [2]);
  expect(log.messages.map((one) => one.seq)).toEqual([3]);
  expect(log.messages[0]?.replyTo).toEqual({ messageId: "m2", seq: 2, kind: "gone" });
  log = receive(log, edited(2, 4));
  log = catchUp(log, { items: [edited(2, 5)], after: 4, change: 5 });
  log = prepend(log, page([message(1, 1), message(2, 2)], 5));
  expect(log.messages.map((one) => one.seq)).toEqual([1, 3]);
  expect(hide(log, [2])).toBe(log);
});

test("R15: 300 seeded runs of jumps, pages, edits, lost and late events: window and live end equal the server's", () => {
  let joins = 0;
  for (let seed = 1; seed <= 300; seed++) joins += simulate(seed);
  console.log(`300 runs, ${joins} joins, differences: 0`);
  expect(joins).toBeGreaterThan(50);
});

/** A server with a history, answers that are some changes old when they come, and events that get lost. */
function simulate(seed: number): number {
  const random = seeded(seed);
  const server = Array.from({ length: 60 }, (_, index) => message(index + 1, index + 1));
  let change = server.length;
  let joins = 0;
  const pageOf = (from: number, to: number) => ({
    items: server.filter((one) => one.seq >= from && one.seq <= to),
    change,
    hasOlder: from > 1,
    hasNewer: to < server.length,
  });
  let live = startLog(pageOf(51, 60));
  let window: MessageLog | undefined;
  let late: (() => void) | undefined;
  const settle = () => {
    const joined = window && join(window, live);
    if (!joined) return;
    joins += 1;
    live = joined;
    window = undefined;
  };
  const mutate = () => {
    change += 1;
    const old = server[Math.floor(random() * server.length)];
    const next = random() < 0.5 || !old ? message(server.length + 1, change) : edited(old.seq, change);
    server[next.seq - 1] = next;
    if (random() < 0.2) return;
    live = receive(live, next);
    window &&= receive(window, next);
  };
  const ask = () => {
    const middle = 1 + Math.floor(random() * server.length);
    const { window: before } = { window };
    const last = before?.messages.at(-1)?.seq ?? 0;
    const first = live.messages[0]?.seq ?? 1;
    const around = pageOf(Math.max(1, middle - 4), Math.min(server.length, middle + 4));
    const newer = pageOf(last + 1, Math.min(server.length, last + 12));
    const older = pageOf(Math.max(1, first - 8), first - 1);
    if (!before) late = () => void (window = startLog(around));
    else if (random() < 0.7)
      late = () => void (window?.messages.at(-1)?.seq === last && (window = append(window, newer)));
    else late = () => void ((live.messages[0]?.seq ?? 1) === first && (live = prepend(live, older)));
  };
  const letGo = () => {
    const shown = window ?? live;
    const middle = shown.messages[Math.floor(random() * shown.messages.length)]?.seq ?? 1;
    const part = partAround(shown, middle, { before: 5, after: 5 });
    if (!window && !part.hasNewer) live = part;
    else window = part;
    live = partAround(live, Infinity, { before: 9, after: 0 });
  };
  let arrive: (() => void) | undefined;
  /** Asked now; what comes meanwhile is there before its answer. */
  const pull = () => {
    const after = Math.min(live.change, window?.change ?? Infinity);
    const pulled = { items: server.filter((one) => one.change > after), after, change };
    return () => {
      live = catchUp(live, pulled);
      window &&= catchUp(window, pulled);
    };
  };
  for (let step = 0; step < 80; step++) {
    const dice = random();
    if (dice < 0.5) mutate();
    else if (dice < 0.7 && !late) ask();
    else if (dice < 0.85 && late) {
      late();
      late = undefined;
    } else if (dice > 0.85 && dice < 0.88) letGo();
    else if (dice > 0.95) {
      arrive?.();
      arrive = arrive ? undefined : pull();
    }
    settle();
  }
  arrive?.();
  pull()();
  settle();
  for (const log of [live, ...(window ? [window] : [])]) {
    const [first = 1, last = 0] = [log.messages[0]?.seq, log.messages.at(-1)?.seq];
    expect(log.messages, `seed ${seed}`).toEqual(server.slice(first - 1, last));
  }
  expect(live.messages.at(-1)?.seq, `seed ${seed}`).toBe(server.length);
  return joins;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function page(items: Message[], change: number) {
  return { items, change, hasOlder: false };
}

function message(seq: number, change: number): Message {
  const createdAt = "2026-01-01T00:00:00Z";
  const ids = { id: `m${seq}`, conversationId: "c", seq, change, senderId: "p" };
  return { ...ids, text: `text ${seq}`, media: [], createdAt, unsentAt: null };
}

function edited(seq: number, change: number): Message {
  return { ...message(seq, change), text: `edited ${change}`, editedAt: "2026-01-02T00:00:00Z" };
}
