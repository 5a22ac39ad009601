import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { violations } from "./axe.ts";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** Changes that are kept before the server has them: what becomes of them when it cannot be reached, and when it refuses. */
suite(`small changes${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let ada: Visitor;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    const [one, ines] = await adaAndInes(stage);
    me = one;
    conversationId = await write(ines, me, "Which paper did you take?");
    await write(me, ines, "The mat one");
    ada = await visitor(stage);
    await enter(stage, ada, me);
  }, patienceMs);
  afterEach(() => screenshot(ada.page, "changes-last"));
  afterAll(() => stage?.[Symbol.asyncDispose]());

  /** Begins an edit in time, and saves it when the time is over. */
  async function editTooLate(words: string): Promise<void> {
    const { page } = ada;
    await page.getByLabel("Message Ines Moreau").press("ArrowUp");
    await page.getByLabel("Edit message").fill(words);
    await stage.server.database.sql`
      update messages set created_at = created_at - interval '20 minutes' where sender_id = ${me.id}`;
    await page.getByLabel("Edit message").press("Enter");
  }

  test(
    "C17, R17: an edit that is refused says why, and its words can be sent as a message; the draft stays",
    async () => {
      const { page } = ada;
      await page.goto(`${stage.url}/c/${conversationId}`);
      await page.getByText("The mat one").last().waitFor();
      await editTooLate("The matte one, 310 grams, from the mill by the river");
      const notice = page.getByRole("alert", { name: "Not accepted" });
      await notice.getByText("The time to edit this message is over.").waitFor();
      await notice.getByText("The matte one, 310 grams, from the mill by the river").waitFor();
      await page.getByRole("article").getByText("The mat one").waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        for (const viewport of [phone, { width: 1440, height: 900 }]) {
          await page.setViewportSize(viewport);
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await page.waitForTimeout(200);
          await screenshot(page, `refused-edit-${viewport.width}-${colorScheme}`);
          expect(await violations(page)).toEqual([]);
        }
      }
      const asked = page.getByRole("article").filter({ hasText: "Which paper did you take?" });
      await asked.hover();
      await asked.getByRole("button", { name: "Reply" }).click();
      const box = page.getByLabel("Message Ines Moreau");
      await box.fill("Wait:");
      await page.waitForTimeout(300);
      await notice.getByRole("button", { name: "Write as a new message" }).click();
      await notice.waitFor({ state: "detached" });
      // Who goes on writing at once loses nothing of it either.
      await box.press("Control+End");
      await box.pressSequentially("!");
      await page.waitForFunction(
        () =>
          document.querySelector("textarea")?.value === "Wait:\nThe matte one, 310 grams, from the mill by the river!",
      );
      await box.press("Enter");
      const sent = page.getByRole("article").filter({ hasText: "310 grams" });
      await sent.getByRole("button", { name: "In answer to Ines Moreau Which paper did you take?" }).waitFor();
      await page.waitForFunction(() => document.querySelector("textarea")?.value === "");
    },
    patienceMs,
  );

  test(
    "C17: a refusal is there after a reload too, and dismissed by its button",
    async () => {
      const { page } = ada;
      await editTooLate("Once more, too late");
      const notice = page.getByRole("alert", { name: "Not accepted" });
      await notice.getByText("Once more, too late").waitFor();
      await page.reload();
      await notice.getByText("Once more, too late").waitFor();
      await notice.getByRole("button", { name: "Close" }).click();
      await notice.waitFor({ state: "detached" });
    },
    patienceMs,
  );

  test(
    "C10, C17: pinning, muting and archiving show at once without a network, and the server has them afterwards",
    async () => {
      const { page, context } = ada;
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
      });
      await page.waitForTimeout(1_500);
      await context.setOffline(true);
      await page.reload();
      await page.getByText("You are offline").waitFor();
      await choose(page, "Pin");
      await page.getByRole("button", { name: "Conversation menu" }).click();
      await page.getByRole("menuitem", { name: "Unpin" }).waitFor();
      await page.keyboard.press("Escape");
      await choose(page, "Archive");
      await page.getByRole("navigation", { name: "Messages" }).waitFor({ state: "detached" });
      await screenshot(page, "changes-archived-offline");
      expect(await current()).toMatchObject({ pinned: false, archived: false });
      await context.setOffline(false);
      await expectSoon(current, { pinned: true, archived: true });
      expect(ada.faults).toEqual([]);
    },
    patienceMs,
  );

  async function current() {
    const { conversation } = await me.sotto.call("conversations.get", { conversationId });
    return { pinned: conversation.pinned, archived: conversation.archived };
  }
});

async function choose(page: Visitor["page"], name: string): Promise<void> {
  await page.getByRole("button", { name: "Conversation menu" }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
}

async function expectSoon(read: () => Promise<object>, wanted: object): Promise<void> {
  const endMs = Date.now() + 20_000;
  for (;;) {
    const found = await read();
    if (Bun.deepEquals(found, wanted)) return;
    if (Date.now() > endMs) throw new Error(`still ${JSON.stringify(found)}`);
    await Bun.sleep(200);
  }
}
