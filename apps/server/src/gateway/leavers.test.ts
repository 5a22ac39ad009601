import { expect, test } from "bun:test";
import { Leavers } from "./leavers.ts";

const event = (conversationId: string, text = "hello") =>
  JSON.stringify({ event: "message", message: { id: "m", conversationId, text } });

test("R8 T3 an event that was addressed before somebody left stops, for them and that conversation alone", () => {
  const leavers = new Leavers();
  expect(leavers.stops("ines", event("a"))).toBe(false);
  leavers.remember("ines", "a");
  leavers.remember("ines", "b");
  expect(["a", "b", "c"].map((id) => leavers.stops("ines", event(id)))).toEqual([true, true, false]);
  expect(leavers.stops("tom", event("a"))).toBe(false);
});

test("a text that names the conversation is no event of it", () => {
  const leavers = new Leavers();
  leavers.remember("ines", "a");
  expect(leavers.stops("ines", event("c", '"conversationId":"a"'))).toBe(false);
});
