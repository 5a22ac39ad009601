import type { Locator } from "playwright-core";

/** A message that is wholly in sight, and where: in CSS pixels from the top of the window. */
export interface Place {
  id: string;
  y: number;
  /** How far the list is scrolled. */
  scrollTop: number;
}

const framesAtRest = 12;
/** A busy machine takes its time before a turn of the wheel moves anything; at an end of the list nothing moves. */
const firstMoveLimitMs = 1_000;
const restLimitMs = 10_000;

export function placeIn(list: Locator, which: "first" | "last"): Promise<Place> {
  return list.evaluate((element, last) => {
    const { top, bottom } = element.getBoundingClientRect();
    const all = [...element.querySelectorAll("article")].map((one) => ({ one, at: one.getBoundingClientRect() }));
    const seen = all.filter(({ at }) => at.top > top && at.bottom < bottom);
    const found = last ? seen.at(-1) : seen[0];
    return { id: found?.one.dataset["message"] ?? "", y: found?.at.top ?? 0, scrollTop: element.scrollTop };
  }, which === "last");
}

/** Where that message stands once it has moved and the list has been still for some frames. Throws where it is gone from the page. */
export async function settledTop(list: Locator, from: Place): Promise<number> {
  const y = await list.evaluate(
    async (element, { id, y: before, rest, moveMs, restMs }) => {
      const top = () => element.querySelector(`[data-message="${id}"]`)?.getBoundingClientRect().top ?? null;
      const frame = () => new Promise(requestAnimationFrame);
      const startedMs = performance.now();
      const isLater = (limitMs: number) => performance.now() - startedMs > limitMs;
      while (Math.abs((top() ?? Infinity) - before) < 1 && !isLater(moveMs)) await frame();
      let last = top();
      for (let still = 0; still < rest;) {
        if (isLater(restMs)) throw new Error("the list never rests");
        await frame();
        const now = top();
        still = now === last ? still + 1 : 0;
        last = now;
      }
      return last;
    },
    { ...from, rest: framesAtRest, moveMs: firstMoveLimitMs, restMs: restLimitMs },
  );
  if (y === null) throw new Error("the row that one read is gone from the page");
  return y;
}

/** Where a message stands now. */
export async function topOf(list: Locator, messageId: string): Promise<number> {
  return list.locator(`[data-message="${messageId}"]`).evaluate((row) => row.getBoundingClientRect().top);
}
