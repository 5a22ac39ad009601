import type { Message } from "@sotto/protocol/types.ts";
import type { Outgoing } from "@sotto/sdk/interface.ts";
import { describe, expect, test } from "bun:test";
import { timeline } from "./timeline.ts";

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
});

function drawn(messages: Message[], waiting: Outgoing[] = [], readSeq: number | null = null) {
  return timeline({ messages, outgoing: waiting, myId: "me", readSeq });
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

function outgoing(clientId: string): Outgoing {
  return { clientId, text: "x", attachments: [], state: "queued", createdAtMs: noon + 5_000 };
}
