import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { adaAndInes, enter, write } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** Under a finger. */
suite(`on a phone${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ada: Visitor;

  beforeAll(async () => {
    stage = await openStage();
    const [me, ines] = await adaAndInes(stage);
    await write(ines, me, "Write when you are there");
    await write(me, ines, "I am here now");
    ada = await visitor(stage, { viewport: phone, hasTouch: true, isMobile: true, reducedMotion: "reduce" });
    await enter(stage, ada, me);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test("one screen at a time, with a way back", async () => {
    const { page } = ada;
    await page.getByRole("link", { name: /Ines Moreau/u }).tap();
    await page.getByRole("region", { name: /^Messages with/u }).waitFor();
    expect(await page.getByRole("heading", { name: "Messages" }).isVisible()).toBe(false);
    await page.getByRole("button", { name: "Back" }).tap();
    await page.getByRole("heading", { name: "Messages" }).waitFor();
    await page.getByRole("link", { name: /Ines Moreau/u }).tap();
  });

  test("a message that is held opens its menu, and the finger's going does not close it", async () => {
    const { page, context } = ada;
    const box = await page.getByRole("article").getByText("I am here now").boundingBox();
    if (box === null) throw new Error("the message is not in sight");
    const devtools = await context.newCDPSession(page);
    const point = { x: box.x + 20, y: box.y + 8 };
    await devtools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await page.waitForTimeout(700);
    await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await page.getByRole("menuitem", { name: "Unsend" }).waitFor();
    await page.waitForTimeout(200);
    expect(await page.getByRole("menuitem", { name: "Copy text" }).isVisible()).toBe(true);
    await screenshot(page, "touch-message-menu");
    await page.keyboard.press("Escape");
  });

  test("the camera is offered, and every target is at least 44 px", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: "Add a photo" }).tap();
    await page.getByRole("menuitem", { name: "Camera" }).waitFor();
    for (const control of await page.locator("button:visible, a:visible").all()) {
      const box = await control.boundingBox();
      // Outside of the window there is nothing to press: names for screen readers.
      if (box === null || box.width <= 1) continue;
      const named = `${await control.innerText()} ${await control.getAttribute("aria-label")}`;
      expect(`${named}: ${Math.min(Math.round(box.height), 44)}`).toBe(`${named}: 44`);
    }
  });

  test("no page reported a fault", () => {
    expect(ada.faults).toEqual([]);
    expect(ada.strangers).toEqual([]);
  });
});
