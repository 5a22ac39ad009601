import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { indexed } from "../../apps/server/test/search-kit.ts";
import { violations } from "./axe.ts";
import { befriend, enter, member, write, type Member } from "./community.ts";
import { desk, openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

suite(`search${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let dora: Member;
  let ben: Member;
  let wide: Visitor;
  let narrow: Visitor;
  let withDora = "";

  beforeAll(async () => {
    stage = await openStage();
    me = await member(stage, { username: "ada", name: "Ada Sand" });
    dora = await member(stage, { username: "dora", name: "Dora Lindqvist" });
    ben = await member(stage, { username: "ben", name: "Ben Lighthouse" });
    await befriend(me, dora);
    await befriend(me, ben);
    withDora = await write(dora, me, "The first lighthouse I ever photographed stood in the fog.");
    await write(me, dora, "我们明天去北京大学拍照");
    await write(dora, me, "ฉันชอบแม่น้ำเจ้าพระยามาก");
    await write(me, dora, "السَّلَامُ عَلَيْكُمْ يا أحمد، هل رأيت المنارة؟");
    for (let n = 0; n < 120; n += 1)
      await write(n % 2 === 0 ? me : dora, n % 2 === 0 ? dora : me, `Between the two, number ${n}.`);
    const photo = new Blob([Uint8Array.from(await drawPhoto({ seed: 4, width: 1200, height: 900 }))]);
    await write(dora, me, "The lighthouse at dusk, from the pier", photo);
    // All of it was read: the conversation opens at its end.
    await me.sotto.call("conversations.markRead", { conversationId: withDora, seq: 125 });
    await write(ben, me, "See https://example.org/lighthouses for all of them.");
    await indexed(stage.server);
    [wide, narrow] = await Promise.all([
      visitor(stage),
      visitor(stage, { viewport: phone, isMobile: true, hasTouch: true }),
    ]);
    for (const one of [wide, narrow]) await enter(stage, one, me);
  }, patienceMs * 2);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  async function look({ page }: Visitor, name: string): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForTimeout(400);
      await screenshot(page, `${name}-${page.viewportSize()?.width ?? 0}-${colorScheme}`);
      found.push(...(await violations(page)));
    }
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    return found;
  }

  const results = (page: Page) => page.getByRole("region", { name: "Search results" });
  async function ask(page: Page, query: string): Promise<void> {
    await page.goto(stage.url);
    await page.getByRole("searchbox", { name: "Search people and messages" }).fill(query);
  }
  /** The words that are marked in the messages found. */
  async function marked(page: Page): Promise<string[]> {
    await results(page).getByRole("heading", { name: "Messages" }).waitFor();
    return await results(page).locator("mark").allInnerTexts();
  }

  test(
    "C18 one field finds people, conversations and messages, with what was found marked",
    async () => {
      for (const one of [wide, narrow]) {
        const { page } = one;
        await ask(page, "lighthouse");
        expect(await marked(page)).toEqual(["lighthouse", "lighthouse", "lighthouse"]);
        const list = results(page);
        await list
          .getByRole("link", { name: /Ben Lighthouse/ })
          .first()
          .waitFor();
        expect(await list.getByRole("heading").allInnerTexts()).toEqual(["Conversations", "People", "Messages"]);
        expect(await look(one, "search-inbox")).toEqual([]);
      }
    },
    patienceMs,
  );

  test(
    "C18 Chinese, Thai and Arabic are found by a part, and stand in their own direction",
    async () => {
      const { page } = wide;
      const asked = { 北京大学: ["北京大学"], แม่น้ำ: ["แม่น้ำ"], "السلام المناره": ["السَّلَامُ", "المنارة"] };
      for (const [query, expected] of Object.entries(asked)) {
        await ask(page, query);
        expect(await marked(page)).toEqual(expected);
      }
      const direction = await results(page)
        .locator("bdi")
        .last()
        .evaluate((element) => getComputedStyle(element).direction);
      expect(direction).toBe("rtl");
      expect(await look(wide, "search-arabic")).toEqual([]);
    },
    patienceMs,
  );

  test(
    "C18 a message that is found opens in its place, however far back, and the other ones stay beside it",
    async () => {
      const { page } = wide;
      await ask(page, "first lighthouse");
      await results(page)
        .getByRole("link", { name: /first lighthouse/ })
        .click();
      await page.locator("[data-message]", { hasText: "The first lighthouse I ever" }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/c/${withDora}`);
      await results(page)
        .getByRole("link", { name: /first lighthouse/ })
        .waitFor();
    },
    patienceMs,
  );

  test(
    "C18 kinds and dates narrow it; what is not there is said",
    async () => {
      const { page } = wide;
      await ask(page, "lighthouse");
      await marked(page);
      await page.getByRole("button", { name: "Photos" }).click();
      await results(page)
        .getByRole("link", { name: /at dusk/ })
        .waitFor();
      await results(page)
        .getByRole("link", { name: /example.org/ })
        .waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Links" }).click();
      await results(page)
        .getByRole("link", { name: /example.org/ })
        .waitFor();
      await page.getByRole("button", { name: "All" }).click();
      await page.getByLabel("From when").selectOption("Choose days");
      await page.getByLabel("To", { exact: true }).fill("2020-01-01");
      await page.getByText("Nothing of this kind, or from this time.").waitFor();
      expect(await look(wide, "search-nothing")).toEqual([]);
      await ask(page, "quokka");
      await page.getByText("Nothing for “quokka”").waitFor();
    },
    patienceMs,
  );

  test(
    "C18 in a conversation, Ctrl+F steps from one match to the next, and Esc ends it",
    async () => {
      for (const one of [wide, narrow]) {
        const { page } = one;
        await page.goto(`${stage.url}/c/${withDora}`);
        await page.locator("[data-message]", { hasText: "at dusk" }).waitFor();
        if (one === wide) await page.keyboard.press("Control+f");
        else {
          await page.getByRole("button", { name: "Conversation menu" }).click();
          await page.getByRole("menuitem", { name: "Search here" }).click();
        }
        const field = page.getByRole("searchbox", { name: "Search in this conversation" });
        await field.fill("lighthouse");
        await page.getByText("1 of 2").waitFor();
        await page.locator("[data-message]", { hasText: "at dusk" }).waitFor();
        expect(await look(one, "search-conversation")).toEqual([]);
        await field.press("Enter");
        await page.getByText("2 of 2").waitFor();
        await page.locator("[data-message]", { hasText: "The first lighthouse I ever" }).waitFor();
        await field.press("Shift+Enter");
        await page.getByText("1 of 2").waitFor();
        await page.locator("[data-message]", { hasText: "at dusk" }).waitFor();
        await field.fill("zzz");
        await page.getByText("Nothing found").waitFor();
        await field.press("Escape");
        await field.press("Escape");
        await field.waitFor({ state: "detached" });
      }
    },
    patienceMs,
  );

  test(
    "C18 in Arabic the page is mirrored, and nothing is wrong with it",
    async () => {
      const arabic = await visitor(stage, { locale: "ar", viewport: desk });
      await enter(stage, arabic, me, "الرسائل");
      await arabic.page.goto(stage.url);
      await arabic.page.getByRole("searchbox").first().fill("lighthouse");
      await arabic.page.locator("mark").first().waitFor();
      expect(await arabic.page.evaluate(() => document.documentElement.dir)).toBe("rtl");
      expect(await look(arabic, "search-rtl")).toEqual([]);
      expect(arabic.faults).toEqual([]);
    },
    patienceMs,
  );

  test("T12 the pages asked nobody else, and threw nothing", () => {
    for (const one of [wide, narrow])
      expect({ faults: one.faults, strangers: one.strangers }).toEqual({ faults: [], strangers: [] });
  });
});
