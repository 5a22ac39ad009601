import { expect, test } from "bun:test";
import { commands } from "@sotto/protocol/commands.ts";
import { clientFrame } from "@sotto/protocol/frames.ts";
import * as fc from "fast-check";
import { plainFrame, plainSend } from "./plain-input.ts";

const conversationId = Bun.randomUUIDv7();
const send = { conversationId, clientId: "c_1-A", text: "hello" };
const frame = { id: 7, command: "messages.send", input: send };
const odd = fc.oneof(
  fc.constantFrom(
    null,
    true,
    -1,
    1.5,
    2 ** 53,
    -0,
    "",
    "\0",
    "\ud800",
    [],
    {},
    [send],
    "c",
    "x".repeat(65),
    "😀",
    "A b",
    "a\n",
  ),
  fc.constantFrom(
    conversationId.toUpperCase(),
    "00000000-0000-0000-0000-000000000000",
    `${conversationId} `,
    "messages.list",
  ),
  fc.constantFrom("x".repeat(10_000), "x".repeat(10_001), "e\u0301".repeat(6_000), "\u{1f600}".repeat(10_000)),
  fc.string({ unit: "binary" }),
  fc.uuid(),
  fc.anything(),
);

/** The valid one with some keys exchanged, added or left out, as JSON brings it. */
function spoiled(valid: object) {
  const key = fc.oneof(
    fc.constantFrom(...Object.keys(valid), "__proto__", "constructor", "mediaIds", "role"),
    fc.string(),
  );
  return fc
    .tuple(fc.array(fc.tuple(key, odd), { maxLength: 2 }), fc.subarray(Object.keys(valid)))
    .map(([changes, left]) => {
      const kept = Object.entries(valid).filter(([name]) => changes.length > 0 || left.includes(name));
      const text = [...kept, ...changes].map(
        ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value) ?? "null"}`,
      );
      return JSON.parse(`{${text.join(",")}}`) as unknown;
    });
}

test("T26 T27 what is recognised is what the schemas answer", () => {
  let recognised = 0;
  let tried = 0;
  const same = (
    plain: unknown,
    schema: { safeParse(value: unknown): { success: boolean; data?: unknown } },
    value: unknown,
  ) => {
    tried += 1;
    if (plain === null) return;
    recognised += 1;
    const parsed = schema.safeParse(value);
    expect(parsed.success, JSON.stringify(value)).toBe(true);
    expect<unknown>(plain).toEqual(parsed.data);
  };
  const values = fc.oneof(
    odd,
    spoiled(send),
    spoiled(frame),
    fc.string().map((text) => ({ ...send, text })),
  );
  const property = fc.property(values, (value) => {
    same(plainSend(value), commands["messages.send"].input, value);
    same(plainFrame(value), clientFrame, value);
  });
  fc.assert(property, { numRuns: 20_000 });
  console.log(`T26, T27: ${tried} inputs, ${recognised} recognised, 0 unlike their schema`);
  expect(recognised).toBeGreaterThan(500);
});

test("the usual send is recognised", () => {
  expect<unknown>(plainFrame(frame)).toEqual(clientFrame.parse(frame));
  expect<unknown>(plainSend(send)).toEqual(commands["messages.send"].input.parse(send));
});
