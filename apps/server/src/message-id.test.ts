import { expect, test } from "bun:test";
import { messageId, seqOfMessage } from "./message-id.ts";

const conversation = "0193f5a2-7c11-7d3e-9abc-0123456789ab";

test("a message's id holds its number and its conversation", () => {
  expect(messageId(conversation, 1)).toBe("00000000-0001-8d3e-9abc-0123456789ab");
  for (const seq of [1, 255, 65_536, 2 ** 32, 2 ** 48 - 1])
    expect(seqOfMessage(messageId(conversation, seq))).toBe(seq);
});

test("ids are UUIDs of version 8, and differ between conversations", () => {
  const ids = Array.from({ length: 1_000 }, () => messageId(Bun.randomUUIDv7(), 7));
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("any other UUID is read as some number", () => {
  expect(Number.isSafeInteger(seqOfMessage("ffffffff-ffff-7fff-bfff-ffffffffffff"))).toBe(true);
});
