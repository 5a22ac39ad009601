import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { violations } from "./axe.ts";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { fillHistory } from "./long-history.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;
const messageCount = 600;
const read = 400;

/** Reading: where one left off, how far it is to the end, one message by its link, and what others may know of it. */
suite(`reading${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let ada: Visitor;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    [me, ines] = await adaAndInes(stage);
    conversationId = await write(me, ines, "Hello");
    await fillHistory(stage, conversationId, messageCount);
    await me.sotto.call("conversations.markRead", { conversationId, seq: read + 1 });
    ada = await visitor(stage);
    await enter(stage, ada, me);
    await ada.page.goto(`${stage.url}/c/${conversationId}`);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "R16: it opens at the first message that was not read, with its line, far from the end",
    async () => {
      const { page } = ada;
      await list(page).getByRole("heading", { name: "New" }).waitFor();
      expect(await row(page, read + 1).isVisible()).toBe(true);
      expect(await row(page, messageCount).count()).toBe(0);
      await screenshot(page, "reading-unread");
      await page.getByRole("button", { name: /new: to the newest message/u }).waitFor();
      await screenshot(page, "reading-unread");
      expect(await violations(page)).toEqual([]);
      const marker = await me.sotto.call("conversations.get", { conversationId });
      expect(marker.conversation.readSeq).toBeLessThan(messageCount);
    },
    patienceMs,
  );

  test(
    "newer pages come while one reads down, and the button leads to the end",
    async () => {
      const { page } = ada;
      await list(page).hover();
      for (let turn = 0; turn < 10; turn += 1) {
        await page.mouse.wheel(0, 600);
        await page.waitForTimeout(120);
      }
      await page.getByRole("button", { name: /to the newest message/iu }).click();
      await row(page, messageCount).waitFor();
      await page.getByRole("button", { name: /to the newest message/iu }).waitFor({ state: "detached" });
      await eventually(async () => {
        const { conversation } = await me.sotto.call("conversations.get", { conversationId });
        return conversation.unread === 0;
      });
    },
    patienceMs,
  );

  test(
    "C15, C18: a quote leads to its source from any depth, and back to the end",
    async () => {
      const { page } = ada;
      const { items } = await ines.sotto.call("messages.list", { conversationId, around: 7, limit: 10 });
      const source = items.find((one) => one.text === "Message 6.");
      if (source === undefined) throw new Error("the source is not there");
      await ines.sotto.call("messages.send", {
        conversationId,
        clientId: "deep",
        text: "Do you remember?",
        replyToId: source.id,
      });
      await page.getByRole("button", { name: /^In answer to .*Message 6\./u }).click();
      await row(page, 6).waitFor();
      await page.waitForTimeout(300);
      const { y } = (await row(page, 6).boundingBox()) ?? { y: 0 };
      expect(y).toBeGreaterThan(80);
      expect(await article(page, "Message 6.").getAttribute("class")).toContain("enter-highlight");
      await screenshot(page, "reading-jump");
      await page.getByRole("button", { name: /to the newest message/iu }).click();
      await list(page).getByText("Do you remember?").waitFor();
    },
    patienceMs,
  );

  test(
    "a link opens at its message; one to nothing says so plainly",
    async () => {
      const { page } = ada;
      const { items } = await ines.sotto.call("messages.list", { conversationId, around: 120, limit: 10 });
      const [target] = items;
      if (target === undefined) throw new Error("nothing to link to");
      await page.goto(`${stage.url}/conversations/${conversationId}?message=${target.id}`);
      const linked = page.locator(`[data-message="${target.id}"]`);
      await linked.waitFor();
      expect(await linked.getAttribute("class")).toContain("enter-highlight");
      await page.emulateMedia({ reducedMotion: "reduce" });
      const ground = await linked.evaluate((element) => getComputedStyle(element).backgroundColor);
      expect(ground, "where motion is not wanted it is marked as well").not.toBe("rgba(0, 0, 0, 0)");
      await page.emulateMedia({ reducedMotion: null });
      expect(page.url()).toBe(`${stage.url}/c/${conversationId}`);
      // Who comes back later comes to what is new, not to where the link led.
      await page.getByRole("link", { name: "My profile" }).click();
      await page.getByRole("heading", { name: "Ada Sand" }).waitFor();
      await page.getByRole("link", { name: /Ines Moreau/u }).click();
      await list(page).getByText("Do you remember?").waitFor();
      await page.goto(`${stage.url}/conversations/${conversationId}?message=${target.id.replace(/^./u, "f")}`);
      await page.getByRole("alert").getByText("This message is not here for you").waitFor();
      await screenshot(page, "reading-not-here");
      expect(await violations(page)).toEqual([]);
      await page.getByRole("alert").getByRole("button", { name: "Close" }).click();
    },
    patienceMs,
  );

  test(
    "C8: read receipts, typing and presence show between two who both show theirs, and to nobody else",
    async () => {
      const { page } = ada;
      await page.goto(`${stage.url}/c/${conversationId}`);
      await write(me, ines, "Are you there?");
      await article(page, "Are you there?").waitFor();
      const seen = async () => {
        const { conversation } = await ines.sotto.call("conversations.get", { conversationId });
        await ines.sotto.call("conversations.markRead", { conversationId, seq: conversation.lastSeq });
        await ines.sotto.call("conversations.typing", { conversationId, typing: true });
        await page.waitForTimeout(600);
      };
      await seen();
      expect(await page.getByText("is writing").count()).toBe(0);
      expect(await page.getByText("Read", { exact: true }).count()).toBe(0);
      // One of the two is not enough.
      await ines.sotto.call("settings.update", { readReceipts: true, typing: true, presence: true });
      await seen();
      expect(await page.getByText("is writing").count()).toBe(0);
      expect(await page.getByText("Read", { exact: true }).count()).toBe(0);

      await me.sotto.call("settings.update", { readReceipts: true, typing: true, presence: true });
      await write(me, ines, "Now you see me");
      await article(page, "Now you see me").waitFor();
      ines.sotto.start();
      await seen();
      await page.getByText("Ines Moreau is writing").waitFor();
      await article(page, "Now you see me").getByText("Read", { exact: true }).waitFor();
      await screenshot(page, "reading-receipts");
      expect(await violations(page)).toEqual([]);
      await ines.sotto.call("conversations.typing", { conversationId, typing: false });
      await page.getByText("is writing").waitFor({ state: "detached" });
      await page.reload();
      await page.getByText("Online", { exact: true }).waitFor();

      const { items } = await me.sotto.call("messages.list", { conversationId });
      await article(page, "Now you see me").getByText("Read", { exact: true }).waitFor();
      await me.sotto.call("messages.unsend", { conversationId, messageId: items.at(-1)?.id ?? "" });
      await article(page, "You unsent").waitFor();
      expect(await article(page, "You unsent").getByText("Read", { exact: true }).count()).toBe(0);
      await article(page, "Are you there?").getByText("Read", { exact: true }).waitFor();
      ines.sotto.stop();
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    expect(ada.strangers).toEqual([]);
    expect(ada.faults).toEqual([]);
  });
});

function list(page: Page) {
  return page.getByRole("region", { name: "Messages with Ines Moreau" });
}

function row(page: Page, number: number) {
  return list(page)
    .locator("article .wrap-text")
    .getByText(new RegExp(`^Message ${number}\\.`, "u"));
}

function article(page: Page, text: string) {
  return list(page).getByRole("article").filter({ hasText: text });
}

async function eventually(look: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 60; turn += 1) {
    if (await look()) return;
    await Bun.sleep(100);
  }
  throw new Error("it did not become so");
}
