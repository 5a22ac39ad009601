import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { violations } from "./axe.ts";
import { adaAndInes, befriend, enter, member, write, type Member } from "./community.ts";
import { desk, openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { runsOut } from "./runs-out.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;
const textSizes = [
  ["Small", 14],
  ["Normal", 16],
  ["Large", 18],
  ["Largest", 20],
] as const;
const sizes = [
  { name: "desk", viewport: desk },
  { name: "phone", viewport: phone, isMobile: true, hasTouch: true },
];

const cut = "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed eiusmod tempor incididunt ut labore.";

/** Settings that are saved as they are chosen, and the app in a language that runs the other way. */
suite(`settings and languages${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let ada: Visitor;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    const [one, ines] = await adaAndInes(stage);
    me = one;
    conversationId = await write(ines, me, "Which one would you print?");
    await write(me, ines, "الثالثة، للغلاف");
    const tomas = await member(stage, { username: "tomas", name: "Tomás Vidal" });
    await befriend(me, tomas);
    await write(tomas, me, cut);
    ada = await visitor(stage, { reducedMotion: "reduce" });
    await enter(stage, ada, me);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test("C8: receipts, typing and presence are off, say that they work both ways, and are saved as they are chosen", async () => {
    const { page } = ada;
    await page.goto(`${stage.url}/settings/privacy`);
    const names = ["Read receipts", "When I am writing", "When I am here"];
    for (const name of names) expect(await page.getByRole("switch", { name }).isChecked()).toBe(false);
    await page.getByText("it works both ways").waitFor();
    for (const name of names) {
      await page.getByRole("switch", { name }).focus();
      await page.keyboard.press("Space");
      await page.getByText("Saved", { exact: true }).waitFor();
    }
    const { readReceipts, typing, presence } = await me.sotto.call("settings.get", {});
    expect({ readReceipts, typing, presence }).toEqual({ readReceipts: true, typing: true, presence: true });
    expect(await violations(page)).toEqual([]);
  });

  test("C11: what Enter does is chosen by the arrow keys, for all devices", async () => {
    const { page } = ada;
    await page.goto(`${stage.url}/settings/writing`);
    await page.getByRole("radio", { name: /^Sends/u }).focus();
    await page.keyboard.press("ArrowDown");
    await page.getByText("Saved", { exact: true }).waitFor();
    expect((await me.sotto.call("settings.get", {})).enterSends).toBe(false);
    expect(await violations(page)).toEqual([]);
  });

  test("text sizes grow the page by rem, on this device alone, and nothing runs out of it", async () => {
    for (const size of sizes) {
      const there = await visitor(stage, { ...size, reducedMotion: "reduce" });
      await enter(stage, there, me);
      const { page } = there;
      await page.goto(`${stage.url}/settings/appearance`);
      for (const [name, pixels] of textSizes) {
        await page.getByRole("radio", { name, exact: true }).focus();
        await page.keyboard.press("Space");
        await page.waitForFunction(
          (wanted) => getComputedStyle(document.documentElement).fontSize === wanted,
          `${pixels}px`,
        );
      }
      for (const path of ["/settings/appearance", "/settings/privacy", "/", `/c/${conversationId}`]) {
        await page.goto(stage.url + path);
        await page.locator("h1").first().waitFor({ state: "attached" });
        await page.waitForTimeout(200);
        expect(await page.evaluate(() => document.documentElement.dataset["textSize"])).toBe("largest");
        expect({ path, outside: await runsOut(page) }).toEqual({ path, outside: [] });
        await screenshot(page, `largest-${size.name}${path.replaceAll(/\/[0-9a-f-]{36}|\//gu, "-")}`);
      }
      expect(there.faults).toEqual([]);
      await there.context.close();
    }
  });

  test("languages: Arabic is chosen, runs from right to left at once and after a reload, and is the account's", async () => {
    const { page } = ada;
    await page.goto(`${stage.url}/settings/language`);
    await page.getByRole("radio", { name: "العربية" }).check({ force: true });
    await page.getByRole("heading", { name: "اللغة" }).waitFor();
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])).toEqual([
      "ar",
      "rtl",
    ]);
    await page.getByText("تم الحفظ").waitFor();
    expect((await me.sotto.call("settings.get", {})).language).toBe("ar");
    await page.reload();
    await page.getByRole("heading", { name: "اللغة" }).waitFor();
    const words = await page.getByText(cut).evaluate((span) => {
      const { direction, textOverflow } = getComputedStyle(span);
      const text = document.createRange();
      text.selectNodeContents(span);
      return [direction, textOverflow, span.getBoundingClientRect().left - text.getBoundingClientRect().left];
    });
    expect(words, "what runs the other way and does not fit its row is cut off where it ends").toEqual([
      "ltr",
      "ellipsis",
      0,
    ]);
    const other = await visitor(stage);
    await other.page.goto(stage.url);
    expect(await other.page.evaluate(() => document.documentElement.dir)).not.toBe("rtl");
    await other.context.close();
  });

  test("languages: who has an Arabic device is met in Arabic at the door", async () => {
    const guest = await visitor(stage, { locale: "ar-EG" });
    await guest.page.goto(stage.url);
    await guest.page.getByRole("heading", { name: "تسجيل الدخول إلى Sotto" }).waitFor();
    expect(await violations(guest.page)).toEqual([]);
    expect(guest.faults).toEqual([]);
    await guest.context.close();
  });
});
