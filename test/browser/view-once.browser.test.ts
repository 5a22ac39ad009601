import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { violations } from "./axe.ts";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { taggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** Who sends it, and two devices of who may look at it once. */
suite(`view once and disappearing${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let sender: Visitor;
  let desk: Visitor;
  let pocket: Visitor;
  let ada: Member;
  let ines: Member;

  beforeAll(async () => {
    stage = await openStage();
    [ada, ines] = await adaAndInes(stage);
    const conversationId = await write(ines, ada, "Which one would you print?");
    await write(ada, ines, "Show me");
    [sender, desk, pocket] = await Promise.all([
      visitor(stage),
      visitor(stage),
      visitor(stage, { viewport: phone, isMobile: true, hasTouch: true, colorScheme: "dark" }),
    ]);
    await Promise.all([enter(stage, sender, ines), enter(stage, desk, ada), enter(stage, pocket, ada)]);
    await Promise.all([sender, desk, pocket].map(({ page }) => page.goto(`${stage.url}/c/${conversationId}`)));
    await Promise.all([sender, desk, pocket].map(({ page }) => article(page, "Show me").waitFor()));
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C19: a photo to look at once: opened on one device, gone from the other, and its sender sees that",
    async () => {
      await sendPhotoOnce(sender.page, "Only for you");
      const waiting = (page: Page) => page.getByRole("button", { name: "Photo, to look at once: press to open" });
      await Promise.all([waiting(desk.page).waitFor(), waiting(pocket.page).waitFor()]);
      expect(await sender.page.getByText("Photo, to look at once · not opened yet").count()).toBe(1);
      expect(await desk.page.locator("article img").count()).toBe(0);
      expect(await desk.page.getByText("Only for you").count()).toBe(0);
      await screenshot(pocket.page, "once-waiting-phone-dark");
      expect(await violations(desk.page)).toEqual([]);

      await waiting(desk.page).click();
      expect(await violations(desk.page)).toEqual([]);
      await desk.page.getByRole("button", { name: "Open", exact: true }).click();
      const photo = desk.page.getByRole("img", { name: "Only for you" });
      await photo.waitFor();
      await desk.page.waitForFunction(() => {
        const image = document.querySelector<HTMLImageElement>("dialog img");
        return image !== null && image.complete && image.naturalWidth > 0;
      });
      await desk.page.getByRole("timer").waitFor();
      const inside = await photo.evaluate((image) => image.getBoundingClientRect().bottom < innerHeight - 24);
      expect(inside, "the whole photo is on the screen, and its words are below it").toBe(true);
      await screenshot(desk.page, "once-open-desk");
      expect(await violations(desk.page)).toEqual([]);

      await waiting(pocket.page).waitFor({ state: "detached" });
      await sender.page.getByText("Photo, to look at once · opened").waitFor();
      await desk.page.keyboard.press("Escape");
      await photo.waitFor({ state: "detached" });
      await Promise.all([sender, desk, pocket].map(({ page }) => article(page, "Opened").waitFor()));
      await screenshot(desk.page, "once-gone-desk");
      expect(await desk.page.getByText("Only for you").count()).toBe(0);
    },
    patienceMs,
  );

  test(
    "C19: what is left open closes by itself when its time is over",
    async () => {
      await sendPhotoOnce(sender.page, "");
      await pocket.page.clock.install();
      await pocket.page.getByRole("button", { name: "Photo, to look at once: press to open" }).tap();
      await pocket.page.getByRole("button", { name: "Open", exact: true }).tap();
      await pocket.page.getByRole("timer").waitFor();
      await screenshot(pocket.page, "once-open-phone-dark");
      await pocket.page.clock.fastForward(61_000);
      await pocket.page.getByRole("timer").waitFor({ state: "detached" });
      await article(sender.page, "Opened").nth(1).waitFor();
    },
    patienceMs,
  );

  test(
    "C19: a device whose clock is an hour fast shows it as long as every other",
    async () => {
      const fast = await visitor(stage);
      const { page } = fast;
      await page.clock.install({ time: new Date(Date.now() + 3_600_000) });
      await enter(stage, fast, ada);
      await page.goto(sender.page.url());
      await article(page, "Show me").waitFor();
      await sendPhotoOnce(sender.page, "Not too late");
      await page.getByRole("button", { name: "Photo, to look at once: press to open" }).click();
      await page.getByRole("button", { name: "Open", exact: true }).click();
      const photo = page.getByRole("img", { name: "Not too late" });
      await photo.waitFor({ timeout: 10_000 });
      await Bun.sleep(1_000);
      expect(await photo.count()).toBe(1);
      await page.keyboard.press("Escape");
      await photo.waitFor({ state: "detached" });
      await fast.context.close();
    },
    patienceMs,
  );

  test(
    "C29: a file with a long name that this browser cannot draw fits the phone's sheet",
    async () => {
      const { page } = pocket;
      const choosing = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Add a photo" }).tap();
      await page.getByRole("menuitem", { name: "Photo from this device" }).tap();
      const name = `${"holiday_".repeat(9)}.heic`;
      await (await choosing).setFiles({ name, mimeType: "image/heic", buffer: Buffer.alloc(64) });
      const sheet = page.getByRole("dialog");
      await sheet.getByText("This browser cannot show it.").waitFor();
      const wider = await sheet.evaluate(
        (dialog) =>
          [...dialog.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > innerWidth).length,
      );
      expect(wider).toBe(0);
      await sheet.getByRole("button", { name: "Close" }).tap();
    },
    patienceMs,
  );

  test(
    "C19: messages disappear for both once one of them sets it",
    async () => {
      const { page } = desk;
      await menu(page, "Disappearing messages");
      const dialog = page.getByRole("dialog", { name: "Disappearing messages" });
      await dialog.waitFor();
      expect(await violations(page)).toEqual([]);
      await screenshot(page, "disappearing-dialog-desk");
      await dialog.getByRole("radio", { name: "After 1 hour" }).check();
      await dialog.getByRole("button", { name: "Set" }).click();
      await dialog.waitFor({ state: "detached" });
      const mark = (of: Page) => of.getByRole("button", { name: "Messages disappear after 1 hour" });
      await Promise.all([mark(page).waitFor(), mark(sender.page).waitFor(), mark(pocket.page).waitFor()]);
      await sender.page.getByRole("textbox").fill("See you at noon");
      await sender.page.keyboard.press("Enter");
      await article(page, "See you at noon")
        .getByRole("img", { name: /^Disappears/ })
        .waitFor();
      await screenshot(page, "disappearing-desk");
      await screenshot(pocket.page, "disappearing-phone-dark");
      expect(await violations(page)).toEqual([]);

      const { sql } = stage.server.database;
      await sql`update messages set expires_at = now() where text = 'See you at noon'`;
      await Promise.all(
        [sender, desk, pocket].map(({ page: of }) => article(of, "This message has disappeared").waitFor()),
      );
      // The inbox follows with the next flush.
      await page.waitForFunction(() => !document.body.textContent.includes("See you at noon"));
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    const all = [sender, desk, pocket];
    expect(all.flatMap((one) => one.strangers)).toEqual([]);
    expect(all.flatMap((one) => one.faults)).toEqual([]);
  });
});

function article(page: Page, text: string): Locator {
  return page.getByRole("article").filter({ hasText: text });
}

async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole("button", { name: "Conversation menu" }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

async function sendPhotoOnce(page: Page, caption: string): Promise<void> {
  const { bytes, name } = await taggedPhoto(caption.length + 1);
  await page.locator('input[type="file"]').first().setInputFiles({ name, mimeType: "image/jpeg", buffer: bytes });
  const sheet = page.getByRole("dialog");
  await sheet.getByText("View once", { exact: true }).click();
  expect(await sheet.getByRole("switch", { name: "View once" }).isChecked()).toBe(true);
  if (caption !== "") await sheet.getByRole("textbox").fill(caption);
  await screenshot(page, "once-sheet");
  await sheet.getByRole("button", { name: /^Send/ }).click();
  await page.getByText("Photo, to look at once").first().waitFor();
}
