import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { adaAndInes, enter, write } from "./community.ts";
import { openStage, phone, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { cutOff } from "./outage.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** Until a page has noticed that the network is gone, half a minute passes. */
suite(`an outage${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ada: Visitor;
  let conversationId: string;

  beforeAll(async () => {
    stage = await openStage();
    const [me, ines] = await adaAndInes(stage);
    const bytes = await drawPhoto({ seed: 3, width: 1200, height: 900 });
    const photo = new File([bytes.slice().buffer], "a.jpg", { type: "image/jpeg" });
    conversationId = await write(ines, me, "Dunes before the rain", photo);
    ada = await visitor(stage, { viewport: phone, hasTouch: true, isMobile: true, reducedMotion: "reduce" });
    await enter(stage, ada, me);
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C32: a photo that did not come during an outage comes after it, without a reload, and is named by its sender and day",
    async () => {
      const { page, context } = ada;
      const mend = await cutOff(page, "**/v1/media/**");
      await page.goto(`${stage.url}/c/${conversationId}`);
      await page.getByText("This photo is no longer here").waitFor({ timeout: 15_000 });
      mend();
      await context.setOffline(true);
      await page.getByText("You are offline").waitFor({ timeout: 40_000 });
      await context.setOffline(false);
      const photo = page.getByRole("button", { name: /^Open: Photo from Ines/u });
      await photo.waitFor({ timeout: 30_000 });
      await photo.locator("img").evaluate((image: HTMLImageElement) => image.decode());
      await photo.tap();
      await page.locator("img.yarl__slide_image").first().waitFor();
      const downloaded = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download original" }).tap();
      expect((await downloaded).suggestedFilename()).toMatch(/^Ines Moreau \d{4}-\d\d-\d\d \d\d-\d\d-\d\d\.jpg$/u);
      await page.getByRole("button", { name: "Close" }).tap();
    },
    patienceMs * 2,
  );
});
