import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import { htmlPage, pageServer, type PageServer } from "../../apps/server/test/page-server.ts";
import { violations } from "./axe.ts";
import { adaAndInes, enter, member, write, type Member } from "./community.ts";
import { openStage, phone, screenshot, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 60_000;

/** C21: a preview above the box while one writes, a card in the bubble, and nobody's browser at the page itself. */
suite(`link previews${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let site: PageServer;
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let ada: Visitor;
  let inesPhone: Visitor;
  let conversationUrl: string;

  beforeAll(async () => {
    site = await pageServer();
    stage = await openStage({ config: { allowInternal: [site.host], defaultWhoMayMessage: "everyone" } });
    [me, ines] = await adaAndInes(stage);
    conversationUrl = `${stage.url}/c/${await write(ines, me, "Where did you walk on Sunday?")}`;
    ada = await visitor(stage);
    inesPhone = await visitor(stage, { viewport: phone, isMobile: true, hasTouch: true, colorScheme: "dark" });
    await enter(stage, ada, me);
    await enter(stage, inesPhone, ines);
    for (const { page } of [ada, inesPhone]) {
      await page.goto(conversationUrl);
      await box(page).waitFor();
    }
  }, patienceMs);
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  test(
    "C21: while writing a strip shows what will be sent; the receiver sees the card at once",
    async () => {
      const { page } = ada;
      await box(page).fill(`By the harbour, look: ${site.url("/story")}`);
      await strip(page).getByText("A walk by the harbour").waitFor();
      await screenshot(page, "link-preview-strip");
      expect(await violations(page)).toEqual([]);
      await box(page).press("Enter");
      expect(await strip(page).count()).toBe(0);
      for (const one of [ada, inesPhone]) {
        const card = one.page.getByRole("link", { name: /A walk by the harbour/ });
        await card.waitFor();
        expect(await card.getAttribute("href")).toBe(site.url("/story"));
        expect(await card.getAttribute("rel")).toBe("noopener noreferrer");
        expect(await card.getAttribute("target")).toBe("_blank");
        await one.page.waitForFunction(() => [...document.images].every((image) => image.complete));
        expect(await violations(one.page)).toEqual([]);
      }
      await screenshot(ada.page, "link-preview-card");
      await screenshot(inesPhone.page, "link-preview-card-phone-dark");
    },
    patienceMs,
  );

  test(
    "C21, C17: a card whose picture could not come without a network has it when the network is back",
    async () => {
      const { page, context } = inesPhone;
      const pictures = () =>
        page.evaluate(() =>
          [...document.querySelectorAll<HTMLImageElement>("article a img")].map((image) => image.naturalWidth > 0),
        );
      expect(await pictures()).toEqual([true]);
      await page.evaluate(() => navigator.serviceWorker.ready);
      await context.setOffline(true);
      await page.reload();
      await page.getByText("You are offline").waitFor();
      expect(await pictures()).not.toEqual([true]);
      // Its place shows the colours that the device knows, and no torn picture over them.
      await page.locator("article a img").waitFor({ state: "hidden" });
      await context.setOffline(false);
      await page.waitForFunction(() => {
        const image = document.querySelector<HTMLImageElement>("article a img");
        return image !== null && image.naturalWidth > 0;
      });
    },
    patienceMs,
  );

  test(
    "C21: taken away before sending it stays away, for this address",
    async () => {
      const { page } = ada;
      const text = `Without ${site.url("/story")}`;
      await box(page).fill(text);
      await strip(page).getByRole("button", { name: "Send without the preview" }).click();
      await box(page).pressSequentially(" and more words");
      await page.waitForTimeout(900);
      expect(await strip(page).count()).toBe(0);
      await box(page).press("Enter");
      await inesPhone.page.getByRole("article").filter({ hasText: "and more words" }).waitFor();
      expect(await inesPhone.page.getByRole("link", { name: /A walk by the harbour/ }).count()).toBe(1);
    },
    patienceMs,
  );

  test(
    "R17: an edit that takes the address away takes the card with it, for everybody",
    async () => {
      const { page } = ada;
      await box(page).fill("");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Escape");
      const messages = ada.page.getByRole("article").filter({ hasText: "By the harbour" });
      expect(await messages.count()).toBe(1);
      const list = await me.sotto.call("messages.list", { conversationId: conversationUrl.split("/").at(-1) ?? "" });
      const message = list.items.find(({ text }) => text.startsWith("By the harbour"));
      await me.sotto.call("messages.edit", {
        conversationId: message?.conversationId ?? "",
        messageId: message?.id ?? "",
        text: "By the harbour.",
      });
      for (const one of [ada, inesPhone])
        await one.page.getByRole("link", { name: /A walk by the harbour/ }).waitFor({ state: "detached" });
    },
    patienceMs,
  );

  test(
    "R3: nothing is looked at in a request",
    async () => {
      const stranger = await member(stage, { username: "kai", name: "Kai Brandt" });
      const kai = await visitor(stage);
      await enter(stage, kai, stranger);
      const decided = Promise.withResolvers<void>();
      await holdDecision(kai.page, decided.promise);
      await kai.page.goto(`${stage.url}/with/${me.id}`);
      // A page of its own: another device may still be asking for the one of the tests before.
      site.pages.set("/request", htmlPage({ title: "Seen by nobody yet" }));
      // Before it is known that this would be a request, and after.
      await box(kai.page).fill(`Hello ${site.url("/request")}`);
      await kai.page.waitForTimeout(1_200);
      expect(site.asked("/request")).toBe(0);
      decided.resolve();
      await kai.page.getByRole("button", { name: "Send request" }).waitFor();
      await kai.page.waitForTimeout(1_200);
      expect(await strip(kai.page).count()).toBe(0);
      expect(site.asked("/request")).toBe(0);
      await kai.context.close();
    },
    patienceMs,
  );

  test(
    "T12: a whole conversation with pictures of people, a GIF, links and markup",
    async () => {
      for (const [seed, who] of [me, ines].entries()) {
        const bytes = await drawPhoto({ seed, width: 400, height: 400 });
        const pictureMediaId = await who.sotto.upload(new Blob([new Uint8Array(bytes)]));
        await who.sotto.call("me.update", { pictureMediaId });
      }
      const remote = site.url("/photo.jpg");
      const markup = [`![](${remote})`, `<img src="${remote}">`, `<link rel=icon href="${remote}">`];
      for (const text of [...markup, remote, `//${site.host}/photo.jpg`]) await write(ines, me, text);
      await write(ines, me, "moving", new Blob([await movingGif()]));
      site.pages.set("/rich", htmlPage({ title: "Rich", description: `<img src="${remote}">`, image: "/photo.jpg" }));
      const { previewId } = await ines.sotto.call("linkPreviews.create", { url: site.url("/rich") });
      const conversationId = conversationUrl.split("/").at(-1) ?? "";
      const content = { text: `last ${site.url("/rich")}`, ...(previewId !== null && { previewId }) };
      await ines.sotto.call("messages.send", { conversationId, clientId: crypto.randomUUID(), ...content });
      for (const { page } of [ada, inesPhone]) {
        await page.reload();
        await page.getByRole("link", { name: /Rich/ }).hover();
        await page.waitForFunction(() => [...document.images].every((image) => image.complete));
        await page.goto(`${stage.url}/people/ines`);
        await page.getByText("@ines").first().waitFor();
        await page.goto(conversationUrl);
        await page.getByRole("link", { name: /Rich/ }).waitFor();
      }
    },
    patienceMs,
  );

  test("T12: nobody's browser asked anybody but our server, and the page saw the server alone", () => {
    const requests = ada.requests() + inesPhone.requests();
    const strangers = [...ada.strangers, ...inesPhone.strangers];
    const others = site.requests.filter((head) => !head.includes("Sotto; link preview"));
    console.info(
      `T12: ${requests} requests of two browsers, third-party = ${strangers.length}; at the page ${site.requests.length} requests ` +
        `of the server and ${others.length} of others`,
    );
    expect(requests).toBeGreaterThan(100);
    expect(strangers).toEqual([]);
    expect(others).toEqual([]);
    expect([...ada.faults, ...inesPhone.faults]).toEqual([]);
  });
});

/** Four frames of four colours. */
async function movingGif(): Promise<Uint8Array<ArrayBuffer>> {
  const frame = (background: string) =>
    sharp({ create: { width: 120, height: 90, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = await Promise.all(["#b43c14", "#14b43c", "#3c14b4", "#111111"].map(frame));
  return new Uint8Array(
    await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100, 100, 100] })
      .toBuffer(),
  );
}

function box(page: Page) {
  return page.getByRole("textbox", { name: /^Message/ });
}

/** What the server says of who may send what comes once this is done. */
async function holdDecision(page: Page, done: Promise<void>): Promise<void> {
  await page.route(/\/v1\/people\/[^/]+\/conversation/u, async (route) => {
    await done;
    await route.continue();
  });
  await page.routeWebSocket(/\/v1\/socket/u, (near) => {
    const far = near.connectToServer();
    far.onMessage(async (frame) => {
      if (frame.includes('"maySend"')) await done;
      near.send(frame);
    });
  });
}

function strip(page: Page) {
  return page.getByRole("group", { name: "Preview of the link" });
}
