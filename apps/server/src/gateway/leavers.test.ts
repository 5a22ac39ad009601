import { expect, test } from "bun:test";
import { Leavers } from "./leavers.ts";

const event = (conversationId: string, text = "hello") =>
  JSON.stringify({ event: "message", message: { id: "m", conversationId, text } });

test("R8 T3 an event that was addressed before somebody left stops, for them and that conversation alone", () => {
  const leavers = new Leavers();
  expect(leavers.pass("ines", event("a"))).toBe(event("a"));
  leavers.remember("ines", "a");
  leavers.remember("ines", "b");
  expect(["a", "b", "c"].map((id) => leavers.pass("ines", event(id)))).toEqual([null, null, event("c")]);
  expect(leavers.pass("tom", event("a"))).toBe(event("a"));
});

test("a text that names the conversation is no event of it", () => {
  const leavers = new Leavers();
  leavers.remember("ines", "a");
  const quoting = event("c", '"conversationId":"a"');
  expect(leavers.pass("ines", quoting)).toBe(quoting);
});

test("R15 an inbox event keeps what it says of other conversations", () => {
  const inbox = (...ids: string[]) =>
    JSON.stringify({
      event: "inbox",
      cursor: "2",
      since: "1",
      changes: ids.map((conversationId) => ({ conversationId, change: 1, lastSeq: 1, readSeq: 0, stale: false })),
    });
  const leavers = new Leavers();
  leavers.remember("ines", "a");
  expect(leavers.pass("ines", inbox("b", "a", "c"))).toBe(inbox("b", "c"));
  expect(leavers.pass("ines", inbox("a"))).toBeNull();
});
