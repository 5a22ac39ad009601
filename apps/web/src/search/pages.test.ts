import { expect, test } from "bun:test";
import { noFilter } from "./filter.ts";
import { nothing, searchOn } from "./pages.ts";

test("C18 the next page, asked for after midnight, goes on with the same week as the first", async () => {
  const asked: object[] = [];
  const ask = async (question: object) => {
    asked.push(question);
    return await Promise.resolve({
      items: [],
      next: asked.length === 10 ? null : `after ${asked.length}`,
      complete: true,
    });
  };
  const about = { query: "harbour", filter: { ...noFilter, time: "week" as const }, limit: 20 };
  const first = await searchOn(ask, { before: nothing, about, nowMs: new Date(2026, 10, 23, 23, 59).getTime() });
  const second = await searchOn(ask, { before: first, about, nowMs: new Date(2026, 10, 24, 0, 1).getTime() });
  const from = new Date(2026, 10, 16).toISOString();
  expect(asked).toEqual(
    Array.from({ length: 10 }, (_, n) => ({
      query: "harbour",
      limit: 20,
      from,
      ...(n > 0 && { cursor: `after ${n}` }),
    })),
  );
  expect(second.next).toBeNull();
  // Another question has the day on which it is asked.
  await searchOn(ask, { before: nothing, about, nowMs: new Date(2026, 10, 24, 0, 1).getTime() });
  expect(asked.at(-1)).toMatchObject({ from: new Date(2026, 10, 17).toISOString() });
});
