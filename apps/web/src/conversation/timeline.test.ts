import type { Message } from "@sotto/protocol/types.ts";
import type { Outgoing } from "@sotto/sdk/interface.ts";
import { describe, expect, test } from "bun:test";
import { createTimeline, indexOfSeq, type TimelineRow } from "./timeline.ts";

const noon = new Date(2026, 4, 20, 12, 0, 0).getTime();

describe("rows of a conversation", () => {
  test("bubbles group by sender and minute", () => {
    const rows = drawn([message(1, "me", 0), message(2, "me", 30), message(3, "me", 200), message(4, "them", 210)]);
    expect(rows.map((row) => (row.is === "message" ? [row.first, row.last] : row.is))).toEqual([
      "day",
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  test("what one person wrote is one run for its name, over pauses of minutes, until another writes", () => {
    const rows = drawn([message(1, "a", 0), message(2, "a", 120), message(3, "b", 130), message(4, "a", 140)]);
    expect(rows.map((row) => (row.is === "message" ? [row.opens, row.closes] : row.is))).toEqual([
      "day",
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  test("a day begins with its line, and a pause is followed by a time", () => {
    const rows = drawn([message(1, "them", 0), message(2, "them", 400), message(3, "them", 86_400)]);
    expect(rows.map((row) => row.is)).toEqual(["day", "message", "message", "day", "message"]);
    expect(rows.flatMap((row) => (row.is === "message" ? [row.showTime] : []))).toEqual([true, true, true]);
  });

  test("R16: the unread line stands once, before the first message of somebody else after the marker", () => {
    const rows = drawn(
      [message(1, "them", 0), message(2, "me", 10), message(3, "them", 20), message(4, "them", 30)],
      [],
      1,
    );
    expect(rows.map((row) => (row.is === "message" ? row.message.seq : row.is))).toEqual(["day", 1, 2, "unread", 3, 4]);
  });

  test("R16: where the first unread message is not among those held, no other one gets its line", () => {
    const messages = [message(7, "them", 0), message(8, "them", 10)];
    const unread = (options: { readSeq: number; hasOlder: boolean }) => {
      const draw = createTimeline({ myId: "me", readSeq: options.readSeq });
      return draw({ messages, hasOlder: options.hasOlder, outgoing: [] }).map((row) => row.unread);
    };
    expect(unread({ readSeq: 5, hasOlder: true })).toEqual([false, false]);
    expect(unread({ readSeq: 6, hasOlder: true })).toEqual([true, false]);
    expect(unread({ readSeq: 5, hasOlder: false })).toEqual([true, false]);
  });

  test("R13: a message that arrived is not shown a second time as outgoing, and keeps its key", () => {
    const sent = { ...message(1, "me", 0), clientId: "c1" };
    const rows = drawn([sent], [outgoing("c1"), outgoing("c2")]);
    expect(rows.map((row) => row.key).slice(1)).toEqual(["c1", "c2"]);
    expect(rows.map((row) => row.is)).toEqual(["day", "message", "outgoing"]);
  });

  test("what failed stays where it was written; what is sent after it comes after it", () => {
    const failed = { ...outgoing("failed"), state: "failed" as const, createdAtMs: noon + 15_000 };
    const rows = drawn([message(1, "them", 0), message(2, "me", 30)], [failed, outgoing("under-way")]);
    expect(rows.map((row) => row.key).slice(1)).toEqual(["m1", "failed", "m2", "under-way"]);
  });

  test("a page more, or one message more, draws again what it touches and nothing else", () => {
    const all = Array.from({ length: 2_000 }, (_, at) => message(at + 1, at % 5 < 2 ? "me" : "them", at * 20));
    const draw = createTimeline({ myId: "me", readSeq: null });
    const before = draw({ messages: all.slice(50, 1_999), hasOlder: false, outgoing: [] });
    const after = draw({ messages: all, hasOlder: false, outgoing: [] });
    const kept = new Set<TimelineRow>(before);
    const again = after.filter((row) => !kept.has(row)).map((row) => row.is === "message" && row.message.seq);
    // The page of fifty, the row that was first, the row that was last, and the new one.
    expect(again).toEqual([...Array.from({ length: 51 }, (_, at) => at + 1), 1_999, 2_000]);
    expect(after).toEqual(
      createTimeline({ myId: "me", readSeq: null })({ messages: all, hasOlder: false, outgoing: [] }),
    );
  });

  test("whatever comes and goes, the rows are those that would be drawn anew", () => {
    const random = seeded(7);
    const draw = createTimeline({ myId: "me", readSeq: 505 });
    let messages = Array.from({ length: 20 }, (_, at) => message(500 + at, at % 3 === 0 ? "me" : "them", at * 40));
    for (let turn = 0; turn < 500; turn += 1) {
      const first = messages[0]?.seq ?? 500;
      const last = messages.at(-1)?.seq ?? 499;
      const at = random(messages.length);
      const from = () => (random(2) === 0 ? "me" : "them");
      const turns = [
        () => [message(first - 1, from(), (first - 501) * 40), ...messages],
        () => [...messages, message(last + 1, from(), (last - 499) * 40)],
        () => messages.filter((_, index) => index !== at),
        () => messages.map((one, index) => (index === at ? { ...one, unsentAt: one.createdAt } : one)),
        () => messages.slice(random(2), messages.length - random(2)),
      ];
      messages = turns[random(turns.length)]?.() ?? messages;
      const waiting = random(3) === 0 ? [{ ...outgoing(`c${turn}`), state: "failed" as const }, outgoing("d")] : [];
      const anew = createTimeline({ myId: "me", readSeq: 505 })({ messages, hasOlder: false, outgoing: waiting });
      expect(draw({ messages, hasOlder: false, outgoing: waiting })).toEqual(anew);
    }
  });

  test("a message is found by its seq, and where it is gone the one after it", () => {
    const rows = createTimeline({ myId: "me", readSeq: null })({
      messages: [message(4, "me", 0), message(5, "me", 1), message(8, "me", 2)],
      hasOlder: false,
      outgoing: [outgoing("c")],
    });
    expect([4, 5, 6, 8, 9].map((seq) => indexOfSeq(rows, seq))).toEqual([0, 1, 2, 2, -1]);
  });
});

function drawn(messages: Message[], waiting: Outgoing[] = [], readSeq: number | null = null) {
  const draw = createTimeline({ myId: "me", readSeq });
  return draw({ messages, hasOlder: false, outgoing: waiting }).flatMap(lines);
}

/** Line by line, as it stands on the screen. */
function lines(row: TimelineRow) {
  return [
    ...(row.day ? [{ is: "day" as const, key: "day" }] : []),
    ...(row.unread ? [{ is: "unread" as const, key: "unread" }] : []),
    row,
  ];
}

function message(seq: number, senderId: string, afterSeconds: number): Message {
  const createdAt = new Date(noon + afterSeconds * 1000).toISOString();
  return {
    id: `m${seq}`,
    conversationId: "c",
    seq,
    change: seq,
    senderId,
    text: "x",
    media: [],
    createdAt,
    unsentAt: null,
  };
}

/** Numbers below `most`, the same ones each time. */
function seeded(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
}

function outgoing(clientId: string): Outgoing {
  return { clientId, text: "x", attachments: [], state: "queued", createdAtMs: noon + 5_000 };
}
