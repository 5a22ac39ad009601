import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { adaAndInes, befriend, enter, member, write, type Member } from "./community.ts";
import { openStage, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { taggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;
const below = `Written below ground${", where it is quiet and one has time for more than one line".repeat(3)}`;

/** Without a network: what one writes is kept through a reload, and arrives once. */
suite(`offline${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let ada: Visitor;
  let conversationId: string;
  let lunchId: string;
  /** Of the bubble, while its message is on its way. */
  let waitingBox: number[];

  beforeAll(async () => {
    stage = await openStage();
    [me, ines] = await adaAndInes(stage);
    conversationId = await write(ines, me, "Write when you are on the train");
    const leo = await member(stage, { username: "leo", name: "Leo Brandt" });
    await befriend(me, leo);
    await write(leo, me, "Lunch on Friday?");
    lunchId = await write(leo, me, "The one by the river");
    ada = await visitor(stage);
    await enter(stage, ada, me);
    await ada.page.goto(`${stage.url}/c/${lunchId}`);
    await ada.page.getByText("The one by the river").last().waitFor();
    await ada.page.waitForTimeout(800);
    await ada.page.goto(`${stage.url}/c/${conversationId}`);
    await ada.page.getByText("Write when you are on the train").last().waitFor();
    await ada.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    // The view is stored on this device half a second after it changed.
    await ada.page.waitForTimeout(1_500);
  }, patienceMs);
  // The picture of a failure.
  afterEach(() => screenshot(ada.page, "offline-last"));
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C17: text and a photo wait, with their reason",
    async () => {
      const { page, context } = ada;
      await context.setOffline(true);
      // The browser's switch spares sockets that are open: a reload without a network opens none.
      await page.reload();
      await page.getByText("You are offline").waitFor();
      await page.getByLabel("Message Ines Moreau").fill(below);
      await page.getByLabel("Message Ines Moreau").press("Enter");
      await page
        .getByTestId("gallery")
        .setInputFiles({ name: "IMG_1.jpg", mimeType: "image/jpeg", buffer: (await taggedPhoto(9)).bytes });
      await page.getByLabel("Add a caption").fill("Platform two");
      await page.getByRole("button", { name: "Send photo" }).click();
      await page.getByRole("article", { name: "You, on its way" }).filter({ hasText: "Platform two" }).waitFor();
      await screenshot(page, "offline-waiting");
    },
    patienceMs,
  );

  test(
    "C17, C31: both survive a reload without a network",
    async () => {
      const { page } = ada;
      await page.reload();
      await page
        .getByRole("article", { name: "You, on its way" })
        .filter({ hasText: "Written below ground" })
        .waitFor();
      await page.getByRole("article", { name: "You, on its way" }).filter({ hasText: "Platform two" }).waitFor();
      await screenshot(page, "offline-reloaded");
      await page.setViewportSize({ width: 900, height: 900 });
      waitingBox = await sizeOf(page);
    },
    patienceMs,
  );

  test(
    "C17: another conversation that was open lately is there without a network",
    async () => {
      const { page } = ada;
      await page.goto(`${stage.url}/c/${lunchId}`);
      await page.getByText("Lunch on Friday?").last().waitFor();
      await page.getByText("The one by the river").last().waitFor();
      await screenshot(page, "offline-other");
      await page.goto(`${stage.url}/c/${conversationId}`);
    },
    patienceMs,
  );

  test(
    "R13: back online, each arrives once",
    async () => {
      const { page, context } = ada;
      await context.setOffline(false);
      await page.getByRole("button", { name: /^Open: Photo from you: Platform two/u }).waitFor({ timeout: 30_000 });
      await page.getByText("You are offline").waitFor({ state: "detached" });
      // Asked for without a network, it comes with it.
      await page
        .getByText(/^Friends/u)
        .first()
        .waitFor();
      const { items } = await ines.sotto.call("messages.list", { conversationId });
      expect(items.map((message) => message.text)).toEqual(["Write when you are on the train", below, "Platform two"]);
      expect(items.map((message) => message.media.length)).toEqual([0, 0, 1]);
      expect(await sizeOf(page), "sent, it takes no other lines than before").toEqual(waitingBox);
    },
    patienceMs,
  );

  test("C33: the service worker holds the shell, and nothing of /v1", async () => {
    const held = await ada.page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(caches_.map((cache) => cache.keys())))
        .flat()
        .map((request) => new URL(request.url).pathname);
    });
    expect(held.length).toBeGreaterThan(5);
    expect(held.filter((path) => path.startsWith("/v1"))).toEqual([]);
  });

  test("T12: nobody but our server was asked for anything", () => {
    expect(ada.strangers).toEqual([]);
  });
});

/** Of the words, wherever their bubble is drawn. */
function sizeOf(page: Page): Promise<number[]> {
  return page.getByText(below).evaluate((element) => {
    const words = document.createRange();
    words.selectNodeContents(element.firstChild ?? element);
    const { width, height } = words.getBoundingClientRect();
    return [Math.round(width), Math.round(height)];
  });
}
