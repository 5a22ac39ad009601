import type { Message } from "@sotto/protocol/types.ts";
import { describe, expect, test } from "bun:test";
import { menuItems } from "./menu-items.ts";

const sentMs = Date.parse("2026-05-20T12:00:00.000Z");

describe("what is offered for a message", () => {
  test("C15: mine can be edited for a quarter of an hour, another's never", () => {
    expect(offered({ mine: true })).toContain("message.edit");
    expect(offered({ mine: true, afterMinutes: 14 })).toContain("message.edit");
    expect(offered({ mine: true, afterMinutes: 16 })).not.toContain("message.edit");
    expect(offered({ mine: false })).not.toContain("message.edit");
    expect(offered({ mine: true, message: { forwarded: true } })).not.toContain("message.edit");
  });

  test("R17: the server says for how long; with none nothing can be edited", () => {
    expect(offered({ mine: true, afterMinutes: 59, editWindowMinutes: 60 })).toContain("message.edit");
    expect(offered({ mine: true, afterMinutes: 2, editWindowMinutes: 1 })).not.toContain("message.edit");
    expect(offered({ mine: true, afterMinutes: 0, editWindowMinutes: 0 })).not.toContain("message.edit");
  });

  test("C15: what its sender forbids to forward, and what is looked at once, is not forwarded", () => {
    expect(offered({})).toContain("message.forward");
    expect(offered({ message: { noForward: true } })).not.toContain("message.forward");
    const viewOnce = { kind: "photo" as const, openedBy: [], mayOpen: true };
    expect(offered({ message: { viewOnce } })).not.toContain("message.forward");
  });

  test("R1: where one may not write one may still copy, forward, delete for oneself and unsend", () => {
    expect(offered({ mine: true, mayWrite: false })).toEqual([
      "message.forward",
      "message.copy",
      "message.copyLink",
      "message.hide",
      "unsend.action",
    ]);
  });

  test("R9, R10: of a tombstone nothing is left to do but to delete it for oneself", () => {
    expect(offered({ mine: true, message: { unsentAt: "2026-05-20T12:01:00.000Z", text: "" } })).toEqual([
      "message.hide",
    ]);
  });
});

interface Offer {
  mine?: boolean;
  mayWrite?: boolean;
  afterMinutes?: number;
  editWindowMinutes?: number;
  message?: Partial<Message>;
}

function offered({ mine = false, mayWrite = true, afterMinutes = 1, ...more }: Offer): string[] {
  const { message = {}, editWindowMinutes = 15 } = more;
  const nothing = () => {};
  return menuItems({
    t: (id) => id,
    message: { ...plain, ...message },
    mine,
    mayWrite,
    senderName: "Ines",
    editWindowMinutes,
    on: { reply: nothing, edit: nothing, forward: nothing, pin: nothing, hide: nothing, unsend: nothing },
    nowMs: sentMs + afterMinutes * 60_000,
  }).map((item) => item.label);
}

const plain: Message = {
  id: "m",
  conversationId: "c",
  seq: 1,
  change: 1,
  senderId: "p",
  text: "Hello",
  media: [],
  createdAt: new Date(sentMs).toISOString(),
  unsentAt: null,
};
