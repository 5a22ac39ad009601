import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { violations } from "./axe.ts";
import { adaAndInes, write } from "./community.ts";
import { desk, openStage, password, phone, screenshot, skipReason, visitor, type Stage } from "./harness.ts";
import { runsOut } from "./runs-out.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;
const sizes = [
  { name: "desk", viewport: desk },
  { name: "phone", viewport: phone, isMobile: true, hasTouch: true },
];

suite(`Arabic${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    const [me, ines] = await adaAndInes(stage);
    conversationId = await write(ines, me, "Which one would you print?");
    await write(me, ines, "الثالثة، للغلاف");
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "every screen in Arabic, at both sizes, light and dark: nothing for axe, nothing in English, nothing runs out",
    async () => {
      for (const size of sizes) {
        const there = await visitor(stage, { ...size, locale: "ar-EG", reducedMotion: "reduce" });
        await enterInArabic(stage, there.page);
        for (const path of arabicScreens(conversationId)) {
          await there.page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
          await there.page.goto(stage.url + path);
          await there.page.locator("h1").first().waitFor({ state: "attached" });
          await there.page.waitForTimeout(200);
          const found = [];
          for (const colorScheme of ["light", "dark"] as const) {
            await there.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
            await there.page.waitForTimeout(50);
            await screenshot(
              there.page,
              `ar-${size.name}${path.replaceAll(/\/[0-9a-f-]{36}|\//gu, "-")}-${colorScheme}`,
            );
            found.push(...(await violations(there.page)));
          }
          const english = (await there.page.evaluate(() => document.body.innerText)).match(
            /\b(?:the|your|you|and|with|settings|message|search)\b/giu,
          );
          expect({ path, found, outside: await runsOut(there.page), english: english?.slice(1) ?? [] }).toEqual({
            path,
            found: [],
            outside: [],
            english: [],
          });
        }
        expect(there.faults).toEqual([]);
        expect(there.strangers).toEqual([]);
        await there.context.close();
      }
    },
    3 * patienceMs,
  );
});

function arabicScreens(conversationId: string): string[] {
  const settings = ["", "/privacy", "/privacy/direct-messages", "/writing", "/appearance", "/language", "/devices"];
  return [
    "/",
    "/requests",
    `/c/${conversationId}`,
    "/people/ines",
    "/me/edit",
    ...settings.map((one) => `/settings${one}`),
  ];
}

async function enterInArabic(stage: Stage, page: Page): Promise<void> {
  await page.goto(`${stage.url}/sign-in`);
  await page.getByLabel("اسم المستخدم").fill("ada");
  await page.getByLabel("كلمة المرور", { exact: true }).fill(password);
  await page.getByRole("button", { name: "تسجيل الدخول" }).click();
  await page.getByRole("heading", { name: "الرسائل" }).waitFor();
}
