import { expect, test } from "bun:test";
import { messageId } from "../../../apps/server/src/message-id.ts";
import type { Facts } from "../facts.ts";
import { numberReused } from "./number-reused.ts";
import { twoOrders } from "./two-orders.ts";

const conversationId = "01a20588-83ed-717c-a746-296c67c976da";

test("a number that two messages had one after the other is found, though their ids are the same", () => {
  expect(numberReused(seen([message("ada", "one", 1), message("ada", "two", 1)]))).toHaveLength(1);
  expect(numberReused(seen([message("ada", "", 1), message("bob", "", 1)]))).toHaveLength(1);
  expect(numberReused(seen([message("ada", "one", 1), message("ada", "", 1), message("ada", "one", 1)]))).toEqual([]);
});

test("a message that moved to another number is found, though its id moved as well", () => {
  expect(twoOrders(seen([message("ada", "one", 1), message("ada", "one", 2)]))).toHaveLength(1);
  expect(twoOrders(seen([message("ada", "one", 1), message("ada", "", 2), message("bob", "", 3)]))).toEqual([]);
});

function message(senderId: string, text: string, seq: number) {
  return { id: messageId(conversationId, seq), conversationId, senderId, text, seq };
}

/** What these checks look at, and nothing else. */
function seen(messages: readonly ReturnType<typeof message>[]): Facts {
  return {
    sightings: messages.map((one) => ({ message: one, device: "phone", by: "message" })),
    stored: new Map(),
    sends: new Map(),
    history: { calls: [], views: [] },
    final: { rows: { messages: [], conversations: [] }, devices: [] },
  } as unknown as Facts;
}
