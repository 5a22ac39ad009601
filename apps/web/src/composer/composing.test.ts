import type { Message } from "@sotto/protocol/types.ts";
import { expect, test } from "bun:test";
import { composingIn, forgetComposing, startEdit, startReply, stopComposing } from "./composing.ts";

test("C15: a composer answers or edits, never both, each conversation by itself", () => {
  const one = message("a", "1");
  startReply(one);
  expect(composingIn("a")).toEqual({ replyTo: one, editing: null });
  expect(composingIn("b")).toEqual({ replyTo: null, editing: null });
  startEdit(one);
  expect(composingIn("a")).toEqual({ replyTo: null, editing: one });
  startReply(message("b", "2"));
  stopComposing("a");
  expect(composingIn("a")).toEqual({ replyTo: null, editing: null });
  expect(composingIn("b").replyTo?.id).toBe("2");
  forgetComposing();
  expect(composingIn("b").replyTo).toBeNull();
  // React compares by identity: what did not change is the same object.
  expect(composingIn("a")).toBe(composingIn(undefined));
});

function message(conversationId: string, id: string): Message {
  return {
    id,
    conversationId,
    seq: 1,
    change: 1,
    senderId: "me",
    text: "",
    media: [],
    createdAt: "2026-01-01T00:00:00.000Z",
    unsentAt: null,
  };
}
