import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { violations } from "./axe.ts";
import { befriend, enter, member, write, type Member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** What one does in the box (C11, C15, C17): answer, edit, name, complete, compose, and go on from another device. */
suite(`writing${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ada: Visitor;
  /** Ada's phone. */
  let second: Visitor;
  let me: Member;
  let ines: Member;
  let groupUrl: string;
  let url: string;

  beforeAll(async () => {
    stage = await openStage();
    const [one, two, tomas] = await Promise.all([
      member(stage, { username: "ada", name: "Ada Sand" }),
      member(stage, { username: "ines", name: "Ines Moreau" }),
      member(stage, { username: "tomas.v", name: "Tomás Vidal" }),
    ]);
    [me, ines] = [one, two];
    await befriend(me, ines);
    await befriend(me, tomas);
    url = `${stage.url}/c/${await write(ines, me, "Which one would you print?")}`;
    const group = await me.sotto.call("conversations.createGroup", {
      clientId: "trip",
      personIds: [ines.id, tomas.id],
    });
    groupUrl = `${stage.url}/c/${group.id}`;
    ada = await visitor(stage, { reducedMotion: "reduce" });
    second = await visitor(stage, { viewport: phone, isMobile: true, hasTouch: true, reducedMotion: "reduce" });
    await enter(stage, ada, me);
    await enter(stage, second, me);
    await ada.page.goto(url);
    await box(ada.page).waitFor();
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test("C15: an answer shows what it answers, Escape takes that away, and it goes out with its quote", async () => {
    const { page } = ada;
    await fromMenu(page, "Which one would you print?", "Reply");
    await page.getByText("Reply to Ines Moreau").waitFor();
    expect(await focused(page)).toBe("Message Ines Moreau");
    await screenshot(page, "composer-reply");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByText("Reply to Ines Moreau").waitFor({ state: "detached" });
    await fromMenu(page, "Which one would you print?", "Reply");
    await page.getByText("Reply to Ines Moreau").waitFor();
    await page.keyboard.type("The third");
    await page.keyboard.press("Enter");
    await page.getByText("Reply to Ines Moreau").waitFor({ state: "detached" });
    const { items } = await until(
      () => ines.sotto.call("messages.list", { conversationId: idOf(url) }),
      ({ items: found }) => found.at(-1)?.text === "The third",
    );
    expect(items.at(-1)?.replyTo?.text).toBe("Which one would you print?");
  });

  test("C15: ↑ in an empty box edits my last message; Escape leaves it as it was, Enter saves", async () => {
    const { page } = ada;
    await box(page).press("ArrowUp");
    const editing = page.getByLabel("Edit message", { exact: true });
    await editing.waitFor();
    expect(await editing.inputValue()).toBe("The third");
    expect(await focused(page)).toBe("Edit message");
    await screenshot(page, "composer-edit");
    expect(await violations(page)).toEqual([]);
    await page.keyboard.type(", of course");
    await page.keyboard.press("Escape");
    await box(page).waitFor();
    expect(await box(page).inputValue()).toBe("");
    await box(page).press("ArrowUp");
    await editing.waitFor();
    await page.keyboard.type(" one");
    await page.keyboard.press("Enter");
    await page.getByRole("article").filter({ hasText: "The third one" }).getByText("Edited").waitFor();
    expect(await box(page).inputValue()).toBe("");
  });

  test("C11: Enter while an input method composes never sends", async () => {
    const { page, context } = ada;
    const before = await page.getByRole("article").count();
    await box(page).focus();
    const input = await context.newCDPSession(page);
    await input.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
    expect(await box(page).inputValue()).toBe("にほん");
    // As browsers say it of the Enter that picks a candidate.
    await input.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", windowsVirtualKeyCode: 229 });
    await page.keyboard.press("Enter");
    await page.waitForTimeout(200);
    expect(await page.getByRole("article").count()).toBe(before);
    await input.send("Input.insertText", { text: "日本" });
    expect(await box(page).inputValue()).toContain("日本");
    await input.detach();
    await box(page).fill("");
  });

  test("C11: shortcodes: arrows choose, Tab picks, Escape closes, and one typed to its end is the emoji", async () => {
    const { page } = ada;
    await box(page).focus();
    await page.keyboard.type("so :heart_e");
    await page.getByRole("option", { name: ":heart_eyes:" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press("ArrowDown");
    const active = await box(page).getAttribute("aria-activedescendant");
    expect(await page.locator(`[id="${active}"]`).getAttribute("aria-selected")).toBe("true");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Tab");
    expect(await box(page).inputValue()).toBe("so 😍");
    await page.keyboard.type(" :wav");
    await page.getByRole("listbox").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("listbox").waitFor({ state: "detached" });
    await page.keyboard.type("e: now");
    await until(
      () => box(page).inputValue(),
      (text) => text === "so 😍 👋 now",
    );
    await box(page).fill("");
  });

  test("C13: the picker: found by its name, picked by keyboard, in a skin tone, and among the last ones after", async () => {
    const { page } = ada;
    await page.getByRole("button", { name: "Emoji" }).click();
    const search = page.getByRole("searchbox", { name: "Search emoji" });
    await search.waitFor();
    await page.getByRole("gridcell").first().waitFor();
    expect(await violations(page)).toEqual([]);
    await screenshot(page, "emoji-picker");
    await page.getByRole("radio", { name: "Medium skin tone", exact: true }).check({ force: true });
    await search.fill("thumbs up");
    await page.getByRole("gridcell", { name: /thumbs up/iu }).waitFor();
    await search.press("Enter");
    expect(await box(page).inputValue()).toBe("👍🏽");
    await page.getByRole("group", { name: "Used last" }).getByText("👍🏽").waitFor();
    await page.keyboard.press("Escape");
    await search.waitFor({ state: "detached" });
    await until(
      () => focused(page),
      (label) => label === "Message Ines Moreau",
    );
    await page.keyboard.press("Backspace");
    expect(await box(page).inputValue()).toBe("");
  });

  test("C11: an @ names members of the group; who still stands in the text is told", async () => {
    const { page } = ada;
    await page.goto(groupUrl);
    const group = page.getByLabel("Message the group");
    await group.waitFor();
    await group.focus();
    await page.keyboard.type("hello @vid");
    await page.getByRole("option", { name: /Tomás Vidal/u }).waitFor();
    await page.keyboard.press("Enter");
    expect(await group.inputValue()).toBe("hello @tomas.v ");
    await page.keyboard.type("and @ines");
    await page.keyboard.press("Escape");
    for (let letter = 0; letter < "and @ines".length; letter += 1) await page.keyboard.press("Backspace");
    await page.keyboard.type("see you");
    await page.keyboard.press("Enter");
    const { items } = await until(
      () => ines.sotto.call("messages.list", { conversationId: idOf(groupUrl) }),
      ({ items: found }) => found.at(-1)?.text.endsWith("see you") === true,
    );
    const members = (await me.sotto.call("conversations.get", { conversationId: idOf(groupUrl) })).conversation.people;
    expect(items.at(-1)?.mentionIds).toEqual(members.filter((one) => one.username === "tomas.v").map(({ id }) => id));
    await page.goto(url);
    await box(page).waitFor();
  });

  test("C17: what is written on one device stands in the box of the other, and goes when it is sent", async () => {
    await second.page.goto(url);
    await box(second.page).waitFor();
    await box(ada.page).fill("from the desk");
    await until(
      () => box(second.page).inputValue(),
      (text) => text === "from the desk",
    );
    await second.page.goto(stage.url);
    await second.page.getByRole("link", { name: /Draft: ?from the desk/u }).waitFor();
    await second.page.goto(url);
    await until(
      () => box(second.page).inputValue(),
      (text) => text === "from the desk",
    );
    await screenshot(second.page, "draft-on-the-phone");
    await second.page.getByRole("button", { name: "Send", exact: true }).click();
    await until(
      () => box(ada.page).inputValue(),
      (text) => text === "",
    );
    await ada.page.getByRole("article").filter({ hasText: "from the desk" }).waitFor();
  });

  test("C17: a draft with what it answers survives a reload", async () => {
    const { page } = ada;
    await fromMenu(page, "Which one would you print?", "Reply");
    await until(
      () => box(page).evaluate((element) => element === document.activeElement),
      (isFocused) => isFocused,
    );
    await page.keyboard.type("not sent yet");
    await page.waitForTimeout(300);
    await page.reload();
    await until(
      () => box(page).inputValue(),
      (text) => text === "not sent yet",
    );
    await page.getByText("Reply to Ines Moreau").waitFor();
    await page.keyboard.press("Escape");
    await box(page).fill("");
  });

  test("C8: others see that I write only when both of us show it", async () => {
    const { page } = ada;
    const conversationId = idOf(url);
    const theirs = ines.sotto.conversation(conversationId);
    ines.sotto.start();
    await theirs.open();
    await page.keyboard.type("hm");
    await page.waitForTimeout(800);
    expect(theirs.state.get().typing).toEqual([]);
    await Promise.all([me, ines].map((one) => one.sotto.call("settings.update", { typing: true })));
    await until(
      async () => {
        await page.keyboard.type(".");
        return theirs.state.get().typing;
      },
      (personIds) => personIds.includes(me.id),
    );
    ines.sotto.stop();
    await box(page).fill("");
  });

  test("C11: the other way round, Enter breaks and Shift+Enter sends", async () => {
    const { page } = ada;
    await me.sotto.call("settings.update", { enterSends: false });
    await page.waitForTimeout(500);
    await box(page).fill("one");
    await box(page).press("Enter");
    await page.keyboard.type("two");
    expect(await box(page).inputValue()).toBe("one\ntwo");
    await box(page).press("Shift+Enter");
    await page.getByRole("article").filter({ hasText: "two" }).waitFor();
    expect(await box(page).inputValue()).toBe("");
  });

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    for (const { strangers, faults } of [ada, second]) {
      expect(strangers).toEqual([]);
      expect(faults).toEqual([]);
    }
  });
});

function box(page: Page) {
  return page.getByLabel("Message Ines Moreau");
}

function idOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}

async function fromMenu(page: Page, text: string, item: string): Promise<void> {
  const message = page.getByRole("article").filter({ hasText: text }).first();
  await message.hover();
  await message.getByRole("button", { name: "Message menu" }).press("Enter");
  await page.getByRole("menuitem", { name: item, exact: true }).click();
}

function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? null);
}

/** Asks again until it is so; the last answer where it never is. */
async function until<T>(ask: () => Promise<T>, isSo: (value: T) => boolean): Promise<T> {
  for (let round = 0; round < 80; round += 1) {
    const value = await ask();
    if (isSo(value)) return value;
    await Bun.sleep(100);
  }
  const value = await ask();
  if (!isSo(value)) throw new Error(`it never became so: ${JSON.stringify(value)?.slice(0, 500)}`);
  return value;
}
