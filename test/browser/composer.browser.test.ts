import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { adaAndInes, enter, write } from "./community.ts";
import { openStage, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { taggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** What one does to write: keys, drop, paste, limits; and what hostile text does, which is nothing. */
suite(`the composer${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let stage: Stage;
  let ada: Visitor;
  let conversationUrl: string;

  beforeAll(async () => {
    stage = await openStage();
    const [me, ines] = await adaAndInes(stage);
    conversationUrl = `${stage.url}/c/${await write(ines, me, "Hello")}`;
    for (const text of hostileTexts) await write(ines, me, text);
    ada = await visitor(stage);
    await ada.page.addInitScript(() => {
      for (const name of ["alert", "confirm", "prompt"] as const)
        Object.assign(window, { [name]: () => document.documentElement.setAttribute("data-executed", name) });
    });
    await enter(stage, ada, me);
    await ada.page.goto(conversationUrl);
    await box(ada.page).waitFor();
  }, patienceMs);
  afterAll(() => stage?.[Symbol.asyncDispose]());

  test("C11: Enter sends, Shift+Enter breaks the line, and an Enter that ends a composition does neither", async () => {
    const { page } = ada;
    await box(page).fill("first");
    await box(page).press("Shift+Enter");
    await page.keyboard.type("second");
    await box(page).evaluate((element) =>
      element.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }),
      ),
    );
    expect(await box(page).inputValue()).toBe("first\nsecond");
    await box(page).press("Enter");
    await page.getByRole("article").filter({ hasText: "second" }).waitFor();
    expect(await box(page).inputValue()).toBe("");
  });

  test("C11: the counter shows near the end, and one character too many cannot be sent", async () => {
    const { page } = ada;
    await box(page).fill("x".repeat(9_990));
    await page.getByText("10 characters left").waitFor();
    await box(page).fill("x".repeat(10_001));
    await page.getByText("1 character too many").waitFor();
    expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);
    await screenshot(page, "composer-too-long");
    await box(page).fill("");
  });

  test("C12: a dropped photo is shown before it is sent, and Escape takes it back", async () => {
    const { page } = ada;
    const transfer = await dataTransfer(page);
    const area = page.getByRole("region", { name: "Messages with Ines Moreau" });
    await area.dispatchEvent("dragenter", { dataTransfer: transfer });
    await page.getByText("Drop photos to look at them before sending").waitFor();
    await screenshot(page, "composer-drop");
    await area.dispatchEvent("drop", { dataTransfer: transfer });
    await page.getByRole("dialog").getByRole("img", { name: "Preview of IMG_2041.jpg" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });

  test("C12: a pasted photo goes the same way, and arrives with its caption", async () => {
    const { page } = ada;
    const transfer = await dataTransfer(page);
    await box(page).evaluate(
      (element, clipboardData) =>
        element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true })),
      transfer,
    );
    await page.getByLabel("Add a caption").fill("From the clipboard");
    await page.getByLabel("Add a caption").press("Enter");
    await page.getByRole("button", { name: "Open: Photo from you: From the clipboard" }).waitFor();
  });

  test("C32: a photo that does not come is asked for again, and keeps its place meanwhile", async () => {
    const { page } = ada;
    let refused = 0;
    await page.route("**/v1/media/**", async (route) => {
      refused += 1;
      if (refused <= 2) await route.abort("connectionreset");
      else await route.continue();
    });
    await page.goto(conversationUrl);
    const photo = page.getByRole("button", { name: "Open: Photo from you: From the clipboard" });
    const before = await photo.boundingBox();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>("article img")].some((image) => image.naturalWidth > 0),
    );
    const after = await photo.boundingBox();
    expect(refused).toBeGreaterThan(1);
    expect([after?.width, after?.height]).toEqual([before?.width, before?.height]);
    await page.unroute("**/v1/media/**");
  });

  test("C31: a cancelled upload leaves nothing behind", async () => {
    const { page } = ada;
    // Held: a small photo is there with the very first request.
    await page.route("**/v1/uploads**", () => {});
    await page
      .getByTestId("gallery")
      .setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: (await taggedPhoto(3)).bytes });
    await page.getByLabel("Add a caption").fill("Never sent");
    await page.getByRole("button", { name: "Send photo" }).click();
    await page.getByRole("button", { name: "Cancel sending" }).click();
    await page.getByText("Never sent").waitFor({ state: "detached" });
    await page.unroute("**/v1/uploads**");
  });

  test("T20: hostile text is text, and links lead nowhere but to http and https", async () => {
    const { page } = ada;
    await page.goto(conversationUrl);
    await page.getByText("From the clipboard").first().waitFor();
    // Rows far above are not in the page before one looks at them.
    await page.getByRole("region", { name: "Messages with Ines Moreau" }).hover();
    await page.mouse.wheel(0, -5_000);
    await page.getByText("onerror=alert(1)").first().waitFor();
    for (const link of await page
      .getByRole("region", { name: "Messages with Ines Moreau" })
      .locator("a[target]")
      .all()) {
      expect(await link.getAttribute("href")).toMatch(/^https?:\/\//u);
      expect(await link.getAttribute("rel")).toContain("noopener");
      expect(await link.getAttribute("rel")).toContain("noreferrer");
    }
    const executed = await page.evaluate(() => document.documentElement.getAttribute("data-executed"));
    expect(executed).toBeNull();
    console.log(`T20: ${hostileTexts.length} hostile texts shown, executions 0`);
  });

  test("T12: nobody but our server was asked for anything, and no page reported a fault", () => {
    expect(ada.strangers).toEqual([]);
    expect(ada.faults).toEqual([]);
  });

  async function dataTransfer(page: Page) {
    const { bytes, name } = await taggedPhoto(5);
    return page.evaluateHandle(
      ({ base64, fileName }) => {
        const transfer = new DataTransfer();
        const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([content], fileName, { type: "image/jpeg" }));
        return transfer;
      },
      { base64: bytes.toString("base64"), fileName: name },
    );
  }
});

function box(page: Page) {
  return page.getByLabel("Message Ines Moreau");
}

const hostileTexts = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>",
  '"><svg onload=alert(1)>',
  "javascript:alert(1)",
  "[x](javascript:alert(1))",
  'https://a.example/"onmouseover="alert(1)',
  "https://a.example/'><script>alert(1)</script>",
  "data:text/html,<script>alert(1)</script>",
  "{{constructor.constructor('alert(1)')()}}",
  "<iframe srcdoc='<script>parent.alert(1)</script>'>",
  "vbscript:msgbox(1)",
  '<a href="java\tscript:alert(1)">x</a>',
];
