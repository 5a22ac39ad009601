import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { violations } from "./axe.ts";
import { adaAndInes, enter, write, type Member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** The way back, and what was put away: on a phone. */
suite(`there and back${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ada: Visitor;
  let me: Member;
  let ines: Member;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    [me, ines] = await adaAndInes(stage);
    const photo = new File([(await drawPhoto({ seed: 3, width: 1200, height: 900 })).slice().buffer], "a.jpg", {
      type: "image/jpeg",
    });
    conversationId = await write(ines, me, "Dunes before the rain", photo);
    ada = await visitor(stage, { viewport: phone, hasTouch: true, isMobile: true, reducedMotion: "reduce" });
    await enter(stage, ada, me);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C32: back closes an open photo and stays in the conversation; closing it leaves no step behind",
    async () => {
      const { page } = ada;
      const open = page.getByRole("button", { name: /^Open: Photo from Ines/u });
      const slide = page.locator("img.yarl__slide_image").first();
      await page.getByRole("link", { name: /Ines Moreau/u }).tap();
      await open.tap();
      await slide.waitFor();
      await page.goBack();
      await slide.waitFor({ state: "detached" });
      expect(page.url()).toBe(`${stage.url}/c/${conversationId}`);
      await open.tap();
      await slide.waitFor();
      await page.getByRole("button", { name: "Close" }).tap();
      await slide.waitFor({ state: "detached" });
      await page.goBack();
      await page.getByRole("heading", { name: "Messages" }).waitFor();
      expect(page.url()).toBe(`${stage.url}/`);
    },
    patienceMs,
  );

  test(
    "C10: an archived conversation is found under Archived, and comes back when somebody writes",
    async () => {
      const { page } = ada;
      await page.goto(`${stage.url}/c/${conversationId}`);
      await page.getByRole("button", { name: "Conversation menu" }).tap();
      await page.getByRole("menuitem", { name: "Archive" }).tap();
      await page.getByText("No conversations yet").waitFor();
      await page.getByRole("link", { name: "Archived" }).tap();
      const row = page.getByRole("link", { name: /Ines Moreau/u });
      await row.waitFor();
      await screenshot(page, "archived-phone");
      expect(await violations(page)).toEqual([]);
      await write(ines, me, "One more");
      await page.getByText("Nothing is archived").waitFor();
      await page.getByRole("link", { name: "Inbox" }).tap();
      await row.waitFor();
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    expect(ada.strangers).toEqual([]);
    expect(ada.faults).toEqual([]);
  });
});
