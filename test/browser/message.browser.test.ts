import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { violations } from "./axe.ts";
import { befriend, enter, member, write, type Member } from "./community.ts";
import { openStage, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** What one can do to a message, and what the other one sees of it: two people, each with a browser, and one of them with two. */
suite(`messages${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let tomas: Member;
  let ada: Visitor;
  let adaToo: Visitor;
  let inesAt: Visitor;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    [me, ines, tomas] = await Promise.all([
      member(stage, { username: "ada", name: "Ada Sand" }),
      member(stage, { username: "ines", name: "Ines Moreau" }),
      member(stage, { username: "tomas", name: "Tomás Vidal" }),
    ]);
    await Promise.all([befriend(me, ines), befriend(me, tomas)]);
    await write(tomas, me, "How was the coast?");
    conversationId = await write(ines, me, "Which one would you print?");
    await write(me, ines, "The third one, for the cover");
    // The second one as at a first visit: no part of the app is kept yet.
    const bare = visitor(stage, { serviceWorkers: "block" });
    [ada, adaToo, inesAt] = await Promise.all([visitor(stage), bare, visitor(stage)]);
    await Promise.all([enter(stage, ada, me), enter(stage, adaToo, me), enter(stage, inesAt, ines)]);
    await Promise.all([ada, adaToo, inesAt].map(({ page }) => page.goto(`${stage.url}/c/${conversationId}`)));
    await Promise.all([ada, adaToo, inesAt].map(({ page }) => article(page, "for the cover").waitFor()));
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C15: two people react with the same emoji, one takes it back, and both see it",
    async () => {
      await menu(ada.page, "Which one would you print");
      expect(await violations(ada.page)).toEqual([]);
      await ada.page.getByRole("button", { name: "React with ❤️" }).click();
      const chip = (page: Page) => article(page, "Which one would you print").getByRole("button", { name: /❤️/u });
      await chip(inesAt.page).waitFor();
      expect(await focusedName(ada.page), "the menu gives the focus back").toBe("Message menu");
      await chip(inesAt.page).click();
      await article(ada.page, "Which one").getByRole("button", { name: "❤️ 2, yours too" }).waitFor();
      await screenshot(ada.page, "message-reactions");
      expect(await violations(ada.page)).toEqual([]);
      expect(await chip(ada.page).getAttribute("title")).toContain("Ines Moreau");
      await chip(ada.page).click();
      await article(inesAt.page, "Which one").getByRole("button", { name: "❤️ 1, yours too" }).waitFor();
      expect(await chip(ada.page).getAttribute("aria-pressed")).toBe("false");
    },
    patienceMs,
  );

  test(
    "C15: any emoji from the picker",
    async () => {
      const { page } = ada;
      await menu(page, "Which one would you print");
      await page.getByRole("button", { name: "More emoji" }).click();
      await page.locator("[popover]").getByRole("searchbox").fill("rocket");
      await page.locator("[popover]").getByRole("gridcell", { name: "rocket", exact: true }).click();
      await article(inesAt.page, "Which one").getByRole("button", { name: /🚀/u }).waitFor();
    },
    patienceMs,
  );

  test(
    "C15, R9: an answer quotes its source, follows its edit, and keeps nothing of it once it is unsent",
    async () => {
      const { page } = inesAt;
      await menu(page, "for the cover", "Reply");
      await page.getByRole("textbox").fill("Then that one it is");
      await page.keyboard.press("Enter");
      const answer = article(ada.page, "Then that one it is");
      await answer.getByRole("button", { name: "In answer to You The third one, for the cover" }).waitFor();
      await screenshot(ada.page, "message-quote");
      expect(await violations(ada.page)).toEqual([]);

      await menu(ada.page, "The third one, for the cover", "Edit", { exact: true });
      const box = ada.page.getByRole("textbox");
      expect(await box.inputValue()).toBe("The third one, for the cover");
      await box.fill("The second one, for the cover");
      await ada.page.keyboard.press("Enter");
      const edited = article(page, "The second one, for the cover").first();
      await edited.getByText("Edited").waitFor();
      await answer.getByRole("button", { name: "In answer to You The second one, for the cover" }).waitFor();

      await menu(ada.page, "The second one, for the cover", "Unsend");
      await ada.page.getByRole("dialog").getByRole("button", { name: "Unsend" }).click();
      await article(page, "Then that one it is").getByText("This message is no longer here").waitFor();
      expect(await page.getByText("second one").count()).toBe(0);
      expect(await page.getByText("third one").count()).toBe(0);
    },
    patienceMs,
  );

  test(
    "C15: what is pinned stands under the header for both, leads there, and goes for both",
    async () => {
      await menu(ada.page, "Which one would you print", "Pin for everybody");
      const bar = (page: Page) => page.getByRole("button", { name: /^Pinned from/u });
      await bar(inesAt.page).waitFor();
      await inesAt.page.getByRole("button", { name: "Pinned messages" }).click();
      expect(await violations(inesAt.page)).toEqual([]);
      await screenshot(inesAt.page, "message-pinned");
      await inesAt.page.getByRole("dialog").getByRole("button", { name: "Unpin" }).click();
      await bar(ada.page).waitFor({ state: "detached" });
      await inesAt.page.keyboard.press("Escape");
    },
    patienceMs,
  );

  test(
    "R9, C15: a forward is a message of its own: unsending the source does not reach it, and the forwarder was told",
    async () => {
      await write(ines, me, "The dunes at six, alone");
      const { page } = ada;
      await menu(page, "The dunes at six", "Forward");
      const dialog = page.getByRole("dialog");
      await dialog.getByText("unsending the original later does not take it back").waitFor();
      await dialog.getByRole("checkbox", { name: /Tomás Vidal/u }).click();
      await screenshot(page, "message-forward");
      expect(await violations(page)).toEqual([]);
      await dialog.getByRole("button", { name: "Forward" }).click();
      await dialog.waitFor({ state: "detached" });
      const { conversation } = await tomas.sotto.call("conversations.withPerson", { personId: me.id });
      const sent = await eventually(async () => {
        const { items } = await tomas.sotto.call("messages.list", { conversationId: conversation?.id ?? "" });
        return items.find((one) => one.text === "The dunes at six, alone");
      });
      expect(sent).toMatchObject({ forwarded: true, senderId: me.id });
      await menu(inesAt.page, "The dunes at six", "Unsend");
      await inesAt.page.getByRole("dialog").getByRole("button", { name: "Unsend" }).click();
      await page.getByText("Message unsent").first().waitFor();
      await page.goto(`${stage.url}/c/${conversation?.id}`);
      await article(page, "The dunes at six, alone").getByText("Forwarded").waitFor();
      await page.goto(`${stage.url}/c/${conversationId}`);
    },
    patienceMs,
  );

  test(
    "R10: deleted for me can be taken back for some seconds, then it is gone on my other device, and the other one keeps it",
    async () => {
      await write(ines, me, "Only for a while");
      for (const { page } of [ada, adaToo]) await article(page, "Only for a while").waitFor();
      await menu(ada.page, "Only for a while", "Delete for me");
      await article(ada.page, "Only for a while").waitFor({ state: "detached" });
      await ada.page.getByRole("button", { name: "Undo" }).click();
      await article(ada.page, "Only for a while").waitFor();
      expect(await article(adaToo.page, "Only for a while").count()).toBe(1);

      await menu(ada.page, "Only for a while", "Delete for me");
      await article(adaToo.page, "Only for a while").waitFor({ state: "detached", timeout: 20_000 });
      expect(await article(inesAt.page, "Only for a while").count()).toBe(1);
      await ada.page.reload();
      await article(ada.page, "Then that one it is").waitFor();
      await article(ada.page, "Only for a while").waitFor({ state: "detached" });
    },
    patienceMs,
  );

  test(
    "C14: a profile goes out as a card, and the card leads to it",
    async () => {
      const { page } = ada;
      await page.goto(`${stage.url}/people/tomas`);
      await page.getByRole("button", { name: "Profile menu" }).click();
      await page.getByRole("menuitem", { name: "Share in a message" }).click();
      await page
        .getByRole("dialog")
        .getByRole("checkbox", { name: /Ines Moreau/u })
        .click();
      await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
      const card = article(inesAt.page, "Tomás Vidal").getByRole("link");
      await card.waitFor();
      await screenshot(inesAt.page, "message-card");
      expect(await violations(inesAt.page)).toEqual([]);
      await card.click();
      await inesAt.page.getByRole("heading", { name: "Tomás Vidal" }).waitFor();
      await inesAt.page.goto(`${stage.url}/c/${conversationId}`);
      await page.goto(`${stage.url}/c/${conversationId}`);
    },
    patienceMs,
  );

  test(
    "the keyboard alone: from message to message, the menu, and back",
    async () => {
      const { page } = ada;
      await article(page, "Then that one it is").focus();
      await page.keyboard.press("ArrowUp");
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("ARTICLE");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await page.getByRole("menu", { name: "Message menu" }).waitFor();
      expect(await focusedName(page)).toBe("React with ❤️");
      await page.keyboard.press("ArrowRight");
      expect(await focusedName(page)).toBe("React with 👍");
      await page.keyboard.press("ArrowDown");
      expect(await focusedName(page)).toBe("Reply");
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("ARTICLE");
    },
    patienceMs,
  );

  test("each line runs its own way, with a reaction as without one", async () => {
    await write(ines, me, "ثلاثة\nThree.");
    const { items } = await ines.sotto.call("messages.list", { conversationId });
    const three = article(ada.page, "Three.");
    const stopAfterWord = () =>
      three.locator(".wrap-text").evaluate(({ firstChild }) => {
        if (firstChild === null) throw new Error("no words");
        const at = firstChild.textContent?.indexOf("Three.") ?? 0;
        const [word, stop] = [0, "Three".length].map((from) => {
          const letter = document.createRange();
          letter.setStart(firstChild, at + from);
          letter.setEnd(firstChild, at + from + 1);
          return letter.getBoundingClientRect().left;
        });
        return (stop ?? 0) > (word ?? 0);
      });
    await three.waitFor();
    expect(await stopAfterWord()).toBe(true);
    await ines.sotto.call("messages.react", { conversationId, messageId: items.at(-1)?.id ?? "", emoji: "🎉" });
    await three.getByRole("button", { name: /🎉/u }).waitFor();
    expect(await stopAfterWord()).toBe(true);
  });

  test(
    "what was written today is from yesterday a day later, in the conversation and in the inbox, though nothing came",
    async () => {
      const { page } = inesAt;
      await page.clock.install();
      await page.goto(`${stage.url}/c/${conversationId}`);
      await page.getByRole("heading", { name: "Today" }).waitFor();
      const row = page.getByRole("link", { name: /Ada Sand/u }).locator("time");
      const written = await row.innerText();
      await page.clock.fastForward(24 * 3_600_000);
      await page.getByRole("heading", { name: "Yesterday" }).waitFor();
      expect(await row.innerText()).not.toBe(written);
    },
    patienceMs,
  );

  test(
    "C17: a part that cannot be loaded without a network is said to be missing, and everything else stays",
    async () => {
      const { page, context } = adaToo;
      const missing = "This part of the app could not be loaded.";
      await page.getByRole("textbox", { name: /^Message/u }).fill("Half a sentence");
      await context.setOffline(true);
      await page.getByRole("button", { name: "Conversation menu" }).click();
      await page.getByRole("menuitem", { name: "Mute" }).click();
      await page.getByRole("status").getByText(missing).waitFor();
      await page.getByRole("link", { name: "My profile" }).click();
      await page.getByRole("alert").getByText(missing).waitFor();
      await page.goBack();
      const box = page.getByRole("textbox", { name: /^Message/u });
      await box.waitFor();
      expect(await box.inputValue()).toBe("Half a sentence");
      await context.setOffline(false);
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    const all = [ada, adaToo, inesAt];
    expect(all.flatMap((one) => one.strangers)).toEqual([]);
    expect(all.flatMap((one) => one.faults)).toEqual([]);
  });
});

function article(page: Page, text: string): Locator {
  return page.getByRole("article").filter({ hasText: text });
}

/** Opens the menu of the message that says this, and chooses from it. */
async function menu(page: Page, text: string, item?: string, options: { exact?: boolean } = {}): Promise<void> {
  const message = article(page, text)
    .filter({ hasNot: page.getByRole("button", { name: /^In answer to/u }) })
    .first();
  await message.hover();
  await message.getByRole("button", { name: "Message menu" }).click();
  await page.getByRole("menu", { name: "Message menu" }).waitFor();
  if (item !== undefined) await page.getByRole("menuitem", { name: item, ...options }).click();
}

function focusedName(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.textContent;
  });
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let turn = 0; turn < 60; turn += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await Bun.sleep(100);
  }
  throw new Error("it did not come");
}
