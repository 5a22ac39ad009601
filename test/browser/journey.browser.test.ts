import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { openStage, screenshot, signUp, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { taggedPhoto, type TaggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** The main job, by two people with a browser each: a photo, sent privately. */
suite(`the main journey${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ines: Visitor;
  let tomas: Visitor;
  let photo: TaggedPhoto;
  /** Every address of the photo that the receiver's browser knows. */
  let urls: string[] = [];

  beforeAll(async () => {
    stage = await openStage();
    photo = await taggedPhoto(7);
    [ines, tomas] = [await visitor(stage), await visitor(stage)];
    await signUp(stage, ines, { username: "ines", name: "Ines Moreau" });
    await signUp(stage, tomas, { username: "tomas", name: "Tomás Vidal" });
  }, patienceMs);
  // What both saw last: the picture of a failure.
  afterEach(async () => {
    await screenshot(ines.page, "journey-last-ines");
    await screenshot(tomas.page, "journey-last-tomas");
  });
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test(
    "C3: they find and follow each other, and are friends",
    async () => {
      await follow(ines.page, "tomas", "Tomás Vidal");
      await follow(tomas.page, "ines", "Ines Moreau");
      await tomas.page.getByRole("button", { name: "Friends" }).waitFor();
      await screenshot(tomas.page, "journey-1-friends");
    },
    patienceMs,
  );

  test(
    "C12: a photo with GPS and orientation goes with its caption, and is there within a second of its upload",
    async () => {
      // The receiver stands in the conversation already.
      await tomas.page.getByRole("button", { name: "Message", exact: true }).click();
      await tomas.page.getByLabel("Message Ines Moreau").waitFor();
      await ines.page.goto(`${stage.url}/people/tomas`);
      await ines.page.getByRole("button", { name: "Message", exact: true }).click();
      await ines.page
        .getByTestId("gallery")
        .setInputFiles({ name: photo.name, mimeType: "image/jpeg", buffer: photo.bytes });
      await ines.page.getByLabel("Add a caption").fill("Dunes before the rain");
      await screenshot(ines.page, "journey-2-preview");
      await ines.page.getByRole("button", { name: "Send photo" }).click();

      const sent = ines.page
        .getByRole("img", { name: "Sent" })
        .waitFor()
        .then(() => performance.now());
      const seen = tomas.page
        .getByRole("button", { name: "Open: Photo from Ines Moreau: Dunes before the rain" })
        .waitFor()
        .then(() => performance.now());
      const [sentAtMs, seenAtMs] = await Promise.all([sent, seen]);
      console.log(`seen by the other ${Math.round(seenAtMs - sentAtMs)} ms after the sender's tick`);
      await screenshot(ines.page, "journey-3-sent");
    },
    patienceMs,
  );

  test(
    "C32: the other opens it in the lightbox, upright",
    async () => {
      const bubble = tomas.page.getByRole("button", { name: /^Open: Photo from Ines/u });
      const box = await bubble.boundingBox();
      expect(box === null ? 0 : box.width / box.height).toBeCloseTo(photo.shown.width / photo.shown.height, 1);
      await bubble.click();
      const lightbox = tomas.page.locator(".yarl__root");
      await lightbox.waitFor();
      const shown = lightbox.locator("img.yarl__slide_image");
      await tomas.page.waitForFunction(() =>
        [...document.querySelectorAll<HTMLImageElement>("img.yarl__slide_image")].some(
          (image) => image.naturalWidth > 0,
        ),
      );
      expect(await shown.evaluate((image: HTMLImageElement) => image.naturalWidth < image.naturalHeight)).toBe(true);
      await screenshot(tomas.page, "journey-4-lightbox");
      await tomas.page.keyboard.press("Escape");
      await lightbox.waitFor({ state: "detached" });
    },
    patienceMs,
  );

  test(
    "T17: no URL that the other can fetch holds the place, the camera or its serial number",
    async () => {
      urls = await photoUrls(tomas.page);
      expect(urls.length).toBeGreaterThanOrEqual(3);
      for (const url of urls) {
        const bytes = await fetchBytes(tomas.page, url);
        expect(bytes.length).toBeGreaterThan(1_000);
        for (const secret of photo.secrets) expect(bytes.includes(secret)).toBe(false);
      }
      // The search itself is proved on the file as it was taken.
      for (const secret of photo.secrets.filter((one) => one.length > 3))
        expect(photo.bytes.includes(secret)).toBe(true);
      console.log(`T17: ${urls.length} URLs, ${photo.secrets.length} secrets each, found 0`);
    },
    patienceMs,
  );

  test(
    "R1, C4: the setting goes to No one, and the next send is refused with its reason",
    async () => {
      await tomas.page.getByRole("link", { name: "My profile" }).click();
      await tomas.page.getByRole("button", { name: "Profile menu" }).click();
      await tomas.page.getByRole("menuitem", { name: "Privacy" }).click();
      await tomas.page.getByRole("link", { name: "Direct messages" }).click();
      await tomas.page
        .getByRole("main")
        .getByRole("radio", { name: /^No one/u })
        .check();
      await tomas.page.getByRole("main").getByText("Saved", { exact: true }).waitFor();
      await screenshot(tomas.page, "journey-5-no-one");

      const box = ines.page.getByLabel("Message Tomás Vidal");
      // The composer may have learnt it already; a message that was on its way is refused all the same.
      if (await box.isVisible()) {
        await box.fill("Which one would you print?");
        await box.press("Enter");
      }
      await ines.page.getByText("Tomás Vidal is not accepting messages from you").waitFor();
      await screenshot(ines.page, "journey-6-refused");
    },
    patienceMs,
  );

  test(
    "R9, T7: the message is unsent, and every URL of its photo fails",
    async () => {
      const message = ines.page.getByRole("article").filter({ hasText: "Dunes before the rain" });
      await message.hover();
      await message.getByRole("button", { name: "Message menu" }).click();
      await ines.page.getByRole("menuitem", { name: "Unsend" }).click();
      await ines.page.getByRole("dialog").getByRole("button", { name: "Unsend" }).click();
      await ines.page.getByText("You unsent a message").waitFor();
      for (const reader of [tomas, ines]) {
        for (const url of urls) {
          const { status, sizeBytes } = await fetchStatus(reader.page, url);
          expect(status).toBeGreaterThanOrEqual(400);
          expect(sizeBytes).toBeLessThan(1_000);
        }
      }
      await tomas.page
        .getByRole("link", { name: /Ines Moreau/u })
        .first()
        .click();
      await tomas.page.getByLabel("Messages with Ines Moreau").getByText("Message unsent").waitFor();
      await screenshot(tomas.page, "journey-7-unsent");
      console.log(`T7: ${urls.length} URLs × 2 people after unsend: bytes of the photo 0`);
    },
    patienceMs,
  );

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    expect([...ines.strangers, ...tomas.strangers]).toEqual([]);
    expect([...ines.faults, ...tomas.faults]).toEqual([]);
  });
});

async function follow(page: Page, username: string, name: string): Promise<void> {
  await page.getByRole("searchbox", { name: "Search people and messages" }).fill(username);
  await page.getByRole("link", { name: new RegExp(name, "u") }).click();
  await page.getByRole("button", { name: /^Follow/u }).click();
  await page.getByRole("button", { name: /^(Following|Friends)$/u }).waitFor();
}

/** From the API as the page sees it: what it shows, and what it could show. */
async function photoUrls(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const inbox = await (await fetch("/v1/conversations")).json();
    const messages = await (await fetch(`/v1/conversations/${inbox.items[0].id}/messages`)).json();
    const renditions = messages.items.flatMap((message: { media: { renditions: Record<string, { url: string }> }[] }) =>
      message.media.flatMap((media) => Object.values(media.renditions)),
    );
    return renditions.map((rendition: { url: string }) => rendition.url);
  });
}

async function fetchBytes(page: Page, url: string): Promise<Buffer> {
  const base64 = await page.evaluate(async (address) => {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
  }, url);
  return Buffer.from(base64, "base64");
}

async function fetchStatus(page: Page, url: string): Promise<{ status: number; sizeBytes: number }> {
  return page.evaluate(async (address) => {
    const answer = await fetch(address);
    return { status: answer.status, sizeBytes: (await answer.arrayBuffer()).byteLength };
  }, url);
}
