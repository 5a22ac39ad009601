import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { adaAndInes, enter, write } from "./community.ts";
import { dragTo, holdAt, slowDown, startFrames, stopFrames, type Frames } from "./frames.ts";
import { openStage, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { fillHistory } from "./long-history.ts";
import { placeIn, settledTop } from "./place.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 240_000;
const messageCount = 20_000;
const slowness = 4;
const holdLimitMs = 150_000;

/** 20,000 messages on a processor four times slower. Times are printed; what must hold on any machine is asserted. */
suite(`20,000 messages${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ada: Visitor;
  const measured: Record<string, Omit<Frames, "blamed">> = {};

  beforeAll(async () => {
    stage = await openStage();
    const [me, ines] = await adaAndInes(stage);
    const conversationId = await write(ines, me, "Hello");
    await fillHistory(stage, conversationId, messageCount);
    await me.sotto.call("conversations.markRead", { conversationId, seq: messageCount + 1 });
    ada = await visitor(stage);
    await enter(stage, ada, me);
    await ada.page.goto(`${stage.url}/c/${conversationId}`);
    await row(ada.page, messageCount).waitFor();
    await ada.page.waitForTimeout(500);
    // The wheel turns what the pointer is over.
    await list(ada.page).hover();
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "what this machine makes of a plain list of coloured boxes, driven the same way: frames over 50 ms that are not ours",
    async () => {
      const page = await ada.context.newPage();
      await page.setContent(plainList);
      const boxes = await page.locator("main").elementHandle();
      if (boxes === null) throw new Error("the plain list is not there");
      await boxes.hover();
      note("plain list, wheel", await measure(page, () => turnWheel(page, 500)));
      note("plain list, leaps", await measure(page, () => leap(page, boxes)));
      await page.close();
    },
    patienceMs,
  );

  test(
    "the wheel, with pages coming: nothing shifts",
    async () => {
      const { page } = ada;
      const frames = await measure(page, () => turnWheel(page, -500));
      note("wheel and pages", frames);
      expect(frames.layoutShift).toBe(0);
      // To the pixel, two notches at a time: what one reads moves as far as the wheel says, whatever comes above it meanwhile.
      let worst = 0;
      for (let turn = 0; turn < 30; turn += 1) worst = Math.max(worst, await strayed(page, -240));
      console.log(`a row moved otherwise than the wheel: at most ${worst.toFixed(1)} px in 30 turns`);
      expect(worst).toBeLessThanOrEqual(1);
    },
    patienceMs,
  );

  test(
    "the first of them is reached by dragging to the top again and again; what is far from there is let go, and few rows are in the page",
    async () => {
      const { page } = ada;
      const frames = await measure(page, () => dragUntil(page, { part: 0, row: 1 }));
      note("drag to the beginning", frames);
      const rows = await page.getByRole("article").count();
      const height = await list(page).evaluate((element) => element.scrollHeight);
      console.log(`rows in the page: ${rows}; the list of all ${messageCount} is ${height} px high`);
      expect(rows).toBeLessThan(80);
      // As many as are held: no message has less than 24 px, and few have more than 100.
      expect(height).toBeLessThan(1_000 * 100);
      expect(frames.layoutShift).toBe(0);
      await screenshot(page, "scroll-top");
    },
    patienceMs,
  );

  test(
    "down again: the wheel, and leaps through what is held",
    async () => {
      const { page } = ada;
      const wheel = await measure(page, () => turnWheel(page, 500));
      note("wheel down", wheel);
      const thumb = await list(page).elementHandle();
      if (thumb === null) throw new Error("the list is gone from the page");
      const drag = await measure(page, () => leap(page, thumb));
      note("drag through what is held", drag);
      expect(wheel.layoutShift + drag.layoutShift).toBe(0);
    },
    patienceMs,
  );

  test(
    "what one reads moves as far as the wheel says, whatever is let go of above it and comes below it",
    async () => {
      const { page } = ada;
      const height = () => list(page).evaluate((element) => element.scrollHeight);
      let [worst, cuts, before] = [0, 0, await height()];
      for (let turn = 0; turn < 150; turn += 1) {
        // Whoever reads rests now and then: that is when what is far above goes.
        if (turn % 25 === 0) await page.waitForTimeout(1_500);
        worst = Math.max(worst, await strayed(page, 600));
        const now = await height();
        if (now < before) cuts += 1;
        before = now;
      }
      console.log(
        `a row moved otherwise than the wheel: at most ${worst.toFixed(1)} px in 150 turns with ${cuts} cuts`,
      );
      expect(cuts).toBeGreaterThan(1);
      expect(worst).toBeLessThanOrEqual(1);
    },
    patienceMs,
  );

  test(
    "the last of them is reached by dragging to the end again and again",
    async () => {
      const { page } = ada;
      const frames = await measure(page, () => dragUntil(page, { part: 1, row: messageCount }));
      note("drag to the end", frames);
      expect(frames.layoutShift).toBe(0);
      await row(page, messageCount).waitFor();
      console.log(JSON.stringify({ scroll: measured }));
    },
    patienceMs,
  );

  function note(name: string, { blamed, ...figures }: Frames): void {
    measured[name] = figures;
    console.log(`${name}: ${JSON.stringify(figures)}`);
    for (const line of blamed.slice(0, 12)) console.log(`  ${line}`);
  }
});

const plainList = `<main style="height: 800px; overflow-y: auto">${Array.from(
  { length: 3_000 },
  (_, at) => `<div style="height: 60px; background: hsl(${(at * 37) % 360} 50% 80%)"></div>`,
).join("")}</main>`;

async function turnWheel(page: Page, pixels: number): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) {
    await page.mouse.wheel(0, pixels);
    await page.waitForTimeout(turn % 10 === 0 ? 1_200 : 50);
  }
}

async function leap(page: Page, thumb: Parameters<typeof dragTo>[0]): Promise<void> {
  for (let turn = 1; turn <= 40; turn += 1) {
    await dragTo(thumb, turn / 40);
    await page.waitForTimeout(turn % 10 === 0 ? 1_200 : 60);
  }
}

async function measure(page: Page, work: () => Promise<void>): Promise<Frames> {
  await slowDown(page, slowness);
  try {
    await startFrames(page);
    await work();
    return await stopFrames(page);
  } finally {
    await slowDown(page, 1);
  }
}

/** How far a row in sight is from where this turn of the wheel should have taken it, once everything has settled. */
async function strayed(page: Page, pixels: number): Promise<number> {
  // At the very top the wheel goes nowhere: the next page is waited for.
  while ((await list(page).evaluate((element) => element.scrollTop)) < 2 * Math.abs(pixels))
    await page.waitForTimeout(50);
  // One that stays in the page wherever the wheel takes it.
  const before = await placeIn(list(page), pixels > 0 ? "last" : "first");
  await page.mouse.wheel(0, pixels);
  const y = await settledTop(list(page), before);
  const strayedPixels = Math.abs(y - before.y + pixels);
  if (strayedPixels > 1) console.log(`  from ${before.y} to ${y}: ${before.id}`);
  return strayedPixels;
}

/** Holds the thumb at one end of what is held, in every frame, while more comes there; until the last of it is there to stay. */
async function dragUntil(page: Page, { part, row: number }: { part: 0 | 1; row: number }): Promise<void> {
  const thumb = await list(page).elementHandle();
  if (thumb === null) throw new Error("the list is not there");
  await holdAt(thumb, { part, until: `Message ${number}.`, limitMs: holdLimitMs });
  await row(page, number).waitFor();
  // Nobody's hand is there any more: what shifts now counts.
  await page.waitForTimeout(1_500);
}

function list(page: Page) {
  return page.getByRole("region", { name: "Messages with Ines Moreau" });
}

function row(page: Page, number: number) {
  return list(page).getByText(new RegExp(`^Message ${number}\\.`, "u"));
}
