import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { placeIn, settledTop, topOf } from "./place.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;
const messageCount = 180;
/** How far a turn of the wheel goes, in CSS pixels. */
const notch = 400;

/** A long conversation: it opens at its end, keeps its place while older messages come, and finds its end again. */
suite(`a long conversation${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let ada: Visitor;
  /** How much later than the server said it her page hears everything. */
  let lateMs = 0;

  beforeAll(async () => {
    stage = await openStage();
    [me, ines] = await adaAndInes(stage);
    let conversationId = "";
    for (let at = 1; at <= messageCount; at += 1) {
      const long = at % 7 === 0 ? " and it goes on for a while, over more than one line, as people do".repeat(3) : "";
      conversationId = await write(at % 3 === 0 ? me : ines, at % 3 === 0 ? ines : me, `Message ${at}.${long}`);
    }
    await me.sotto.call("conversations.markRead", { conversationId, seq: messageCount });
    ada = await visitor(stage);
    await ada.page.routeWebSocket(/\/v1\/socket/u, (near) => {
      const far = near.connectToServer();
      far.onMessage((message) => void setTimeout(() => near.send(message), lateMs));
    });
    await enter(stage, ada, me);
    await ada.page.goto(`${stage.url}/c/${conversationId}`);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C10: it opens at its end",
    async () => {
      await row(ada.page, messageCount).waitFor();
      await ada.page.waitForTimeout(500);
      expect(await distanceToEnd(ada.page)).toBeLessThan(4);
    },
    patienceMs,
  );

  test(
    "older messages come while one scrolls up, and what one reads stays where it is",
    async () => {
      const { page } = ada;
      let worst = 0;
      let strayed = 0;
      await list(page).hover();
      // A page comes when the turn of the wheel that asked for it is over, and the reader reads.
      lateMs = 300;
      for (let turn = 0; turn < 60 && !(await row(page, 1).isVisible()); turn += 1) {
        const from = await placeIn(list(page), "first");
        await page.mouse.wheel(0, -notch);
        const went = (await settledTop(list(page), from)) - from.y;
        // At the top of what is held the wheel goes as far as it can, or farther where a page comes at that moment.
        strayed = Math.max(strayed, Math.min(notch, from.scrollTop) - went, went - notch);
        const reading = await placeIn(list(page), "first");
        await page.waitForTimeout(250);
        worst = Math.max(worst, Math.abs((await topOf(list(page), reading.id)) - reading.y));
      }
      console.log(`the row that is read moved at most ${worst.toFixed(1)} px while older ones came`);
      expect(worst).toBeLessThan(8);
      // A long row whose height was only estimated makes a turn longer; a list that lost its place is off by a page, some 1,500.
      console.log(`a turn of the wheel went at most ${strayed.toFixed(1)} px too far or too short`);
      expect(strayed).toBeLessThan(150);
      await page.waitForTimeout(lateMs);
      lateMs = 0;
      await page.mouse.wheel(0, -2_000);
      await page.waitForFunction((element) => element?.scrollTop === 0, await list(page).elementHandle());
      await page.getByText("not end-to-end encrypted").waitFor();
      await screenshot(page, "history-beginning");
    },
    patienceMs,
  );

  test(
    "a message that arrives does not move what one reads, is read aloud, and the end is one press away",
    async () => {
      const { page } = ada;
      const before = await placeIn(list(page), "first");
      const conversationId = await write(ines, me, "Something new");
      await page.getByRole("log").getByText("Ines Moreau: Something new").waitFor({ state: "attached" });
      const after = await placeIn(list(page), "first");
      expect(after.id).toBe(before.id);
      expect(Math.abs(after.y - before.y)).toBeLessThan(1);
      const { items } = await ines.sotto.call("messages.list", { conversationId });
      const messageId = items.at(-1)?.id ?? "";
      await ines.sotto.call("messages.edit", { conversationId, messageId, text: "Something new, in other words" });
      await page.getByRole("log").getByText("new, in other words").waitFor({ state: "attached" });
      await page.getByRole("button", { name: "To the newest message" }).click();
      await list(page).getByText("Something new").waitFor();
      await page.waitForTimeout(300);
      expect(await distanceToEnd(page)).toBeLessThan(4);
    },
    patienceMs,
  );

  test(
    "at the end, a message that arrives is shown at once",
    async () => {
      await write(ines, me, "And one more");
      await list(ada.page).getByText("And one more").waitFor();
      await ada.page.waitForTimeout(300);
      expect(await distanceToEnd(ada.page)).toBeLessThan(4);
    },
    patienceMs,
  );

  test(
    "R15: at the top, where nobody can scroll on, a page that did not come without a network comes with it",
    async () => {
      // A device that holds no more than the newest page.
      const fresh = await visitor(stage);
      const { page, context } = fresh;
      let cut = () => {};
      await page.routeWebSocket(/\/v1\/socket/u, (near) => {
        const far = near.connectToServer();
        cut = () => void Promise.all([near.close(), far.close()]);
      });
      await enter(stage, fresh, me);
      await page.goto(ada.page.url());
      await row(page, messageCount).waitFor();
      await page.waitForTimeout(500);
      await context.setOffline(true);
      // A socket that is open lives on; it would be found dead some twenty seconds later.
      cut();
      await page.getByText("You are offline").first().waitFor();
      await list(page).hover();
      await page.mouse.wheel(0, -100_000);
      await page.waitForTimeout(1_000);
      const held = await height(page);
      expect(await row(page, 1).count()).toBe(0);
      await context.setOffline(false);
      for (let turn = 0; turn < 100 && (await height(page)) <= held; turn += 1) await page.waitForTimeout(100);
      expect(await height(page)).toBeGreaterThan(held);
      await context.close();
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    expect(ada.strangers).toEqual([]);
    expect(ada.faults).toEqual([]);
  });
});

function height(page: Page): Promise<number> {
  return list(page).evaluate((element) => element.scrollHeight);
}

function list(page: Page) {
  return page.getByRole("region", { name: "Messages with Ines Moreau" });
}

function row(page: Page, number: number) {
  return list(page).getByText(new RegExp(`^Message ${number}\\.`, "u"));
}

async function distanceToEnd(page: Page): Promise<number> {
  return list(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
}
