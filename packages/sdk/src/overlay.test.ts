import { expect, test } from "bun:test";
import type { Conversation, Message } from "@sotto/protocol/types.ts";
import { nextExpiryMs, withoutExpired } from "./expiry.ts";
import { conversationWith, laterDraft, quoteOf, withChanges } from "./overlay.ts";

const at = { myId: "me", nowIso: "2026-01-01T00:00:00Z" };

test("C17: changes on their way show at once, in their order; without them the server's words are the same objects", () => {
  const messages = [
    message("a"),
    message("b", { reactions: [{ emoji: "👍", count: 2, mine: true, personIds: ["me", "x"] }] }),
  ];
  expect(withChanges(messages, [], at)).toBe(messages);
  const [a, b] = withChanges(
    messages,
    [
      { what: "edit", messageId: "a", text: "better" },
      { what: "react", messageId: "a", emoji: "🎉" },
      { what: "pin", messageId: "a" },
      { what: "unreact", messageId: "b", emoji: "👍" },
      { what: "react", messageId: "b", emoji: "🎉" },
      { what: "unreact", messageId: "b", emoji: "🎉" },
      { what: "unsend", messageId: "b" },
    ],
    at,
  );
  expect(a).toMatchObject({ text: "better", editedAt: at.nowIso, pinnedAt: at.nowIso });
  expect(a?.reactions).toEqual([{ emoji: "🎉", count: 1, mine: true, personIds: ["me"] }]);
  expect(b).toMatchObject({
    text: "words of b",
    reactions: [{ emoji: "👍", count: 1, mine: false, personIds: ["x"] }],
  });
});

test("R10: what I hide is not shown while the server does not know yet; a tombstone takes no reaction", () => {
  const messages = [message("a"), message("b", { unsentAt: at.nowIso, text: "" })];
  const shown = withChanges(
    messages,
    [
      { what: "hide", messageIds: ["a"] },
      { what: "react", messageId: "b", emoji: "👍" },
    ],
    at,
  );
  expect(shown).toEqual([messages[1]].filter((one) => one !== undefined));
});

test("C17: of two drafts the later one wins, and an empty later one drops it", () => {
  const early = { text: "early", replyToId: null, writtenAt: "2026-01-01T00:00:00.000Z" };
  const late = { text: "late", replyToId: null, writtenAt: "2026-01-01T00:00:01.000Z" };
  expect(laterDraft(early, late)).toEqual(late);
  expect(laterDraft(late, early)).toBe(late);
  expect(laterDraft(early, { ...late, text: "" })).toBeNull();
  const conversation = { draft: early, pinned: false } as Conversation;
  const shown = conversationWith(conversation, [
    { what: "update", set: { pinned: true } },
    { what: "draft", ...late },
  ]);
  expect(shown).toMatchObject({ pinned: true, draft: late });
});

test("a quote of what this device holds: its beginning by code points, gone where it is", () => {
  expect(quoteOf(message("a", { text: "😀".repeat(300) })).text).toBe("😀".repeat(200));
  expect(quoteOf(message("a", { unsentAt: at.nowIso }))).toEqual({ messageId: "a", seq: 1, kind: "gone" });
});

test("R21: what disappeared shows as a tombstone on the device, and nothing that quotes it says it", () => {
  const expiresAt = "2026-01-01T00:00:10.000Z";
  const one = message("a", { expiresAt, reactions: [{ emoji: "👍", count: 1, mine: false, personIds: ["x"] }] });
  const quoting = message("b", { replyTo: { messageId: "a", seq: 1, kind: "text", text: "words of a" } });
  const messages = [one, quoting];
  expect(nextExpiryMs(messages)).toBe(Date.parse(expiresAt));
  expect(withoutExpired(messages, Date.parse(expiresAt) - 1)).toBe(messages);
  const later = withoutExpired(messages, Date.parse(expiresAt));
  expect(later[0]).toMatchObject({ text: "", media: [], gone: "expired", unsentAt: expiresAt, change: one.change });
  expect(JSON.stringify(later)).not.toContain("words of a");
  expect(later[0]?.reactions).toBeUndefined();
});

function message(id: string, more: Partial<Message> = {}): Message {
  const ids = { id, conversationId: "c", seq: 1, change: 1, senderId: "x" };
  return { ...ids, text: `words of ${id}`, media: [], createdAt: at.nowIso, unsentAt: null, ...more };
}
