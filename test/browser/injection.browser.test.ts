import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { CommandInput } from "@sotto/protocol/commands.ts";
import type { Page } from "playwright-core";
import { htmlPage, pageServer, type PageServer } from "../../apps/server/test/page-server.ts";
import { befriend, enter, member, write, type Member } from "./community.ts";
import { injections, naughtyStrings } from "./injections.ts";
import { openStage, skipReason, visitor, type Stage, type Visitor } from "./harness.ts";
import { taggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 120_000;

/** T20: what people write is text, wherever it stands. Noticed: anything that runs, and anything that became an element. */
suite(`injections${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let site: PageServer;
  let stage: Stage;
  let me: Member;
  let ines: Member;
  let ada: Visitor;
  let conversationId: string;
  const attempts: Record<string, number> = {};

  beforeAll(async () => {
    site = await pageServer();
    stage = await openStage({ config: { allowInternal: [site.host] } });
    [me, ines] = await Promise.all([
      member(stage, { username: "ada", name: "Ada Sand" }),
      member(stage, { username: "ines", name: "Ines Moreau" }),
    ]);
    await befriend(me, ines);
    conversationId = await write(ines, me, "Hello");
    // Tall, so that everything that arrives is drawn.
    ada = await visitor(stage, { viewport: { width: 1200, height: 3_000 } });
    await ada.page.addInitScript(watch);
    await enter(stage, ada, me);
    await ada.page.goto(`${stage.url}/c/${conversationId}`);
    await ada.page.getByRole("textbox", { name: /^Message/ }).waitFor();
  }, patienceMs);
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
  });

  type Content = Omit<CommandInput<"messages.send">, "conversationId" | "clientId"> & { from?: Member };

  /** Sends all of them, and sees each batch drawn. What the server refuses (controls, nothing but blanks) is no attempt. */
  async function sendAll(place: string, contents: readonly Content[]): Promise<void> {
    attempts[place] = 0;
    for (let from = 0; from < contents.length; from += 10) {
      for (const { from: sender = ines, ...content } of contents.slice(from, from + 10)) {
        const sent = { conversationId, clientId: crypto.randomUUID(), ...content };
        await sender.sotto.call("messages.send", sent).then(
          () => (attempts[place] = (attempts[place] ?? 0) + 1),
          () => {},
        );
      }
      const mark = `${place} until ${from + 10}`;
      await ines.sotto.call("messages.send", { conversationId, clientId: crypto.randomUUID(), text: mark });
      await ada.page.getByRole("article").filter({ hasText: mark }).waitFor();
    }
  }

  test(
    "T20 as texts",
    async () => {
      await sendAll(
        "text",
        [...injections, ...naughtyStrings()].map((text) => ({ text })),
      );
    },
    patienceMs,
  );

  test(
    "T20 as captions",
    async () => {
      const mediaId = await ines.sotto.upload(
        new Blob([new Uint8Array((await taggedPhoto(3)).bytes)], { type: "image/jpeg" }),
      );
      await sendAll(
        "caption",
        injections.map((text) => ({ text, mediaIds: [mediaId] })),
      );
    },
    patienceMs,
  );

  test(
    "T20 in every field of a preview",
    async () => {
      const contents: Content[] = [];
      for (const [at, text] of injections.entries()) {
        const [description, siteName] = [injections.at(at - 1) ?? "", injections.at(at - 2) ?? ""];
        const html = htmlPage({ title: text, description, siteName, image: at % 8 === 0 ? "/photo.jpg" : text });
        site.pages.set(`/xss-${at}`, html);
        const url = site.url(`/xss-${at}`);
        // Each of the two may look at sixty pages in five minutes.
        const sender = at % 2 === 0 ? ines : me;
        const { previewId } = await sender.sotto.call("linkPreviews.create", { url });
        if (previewId !== null) contents.push({ from: sender, text: url, previewId });
        if (contents.length === 10) await sendAll(`preview ${at}`, contents.splice(0));
      }
      await sendAll("preview rest", contents);
    },
    patienceMs,
  );

  test(
    "T20 as names, and what profiles say",
    async () => {
      attempts["name"] = 0;
      attempts["bio"] = 0;
      for (const text of injections) {
        const fits = [...text].length <= 50;
        const changed = await ines.sotto.call("me.update", { ...(fits && { name: text }), bio: text }).then(
          () => true,
          () => false,
        );
        if (!changed) continue;
        attempts["bio"] += 1;
        if (fits) attempts["name"] += 1;
        if (attempts["bio"] % 6 !== 0) continue;
        await ada.page.goto(`${stage.url}/people/ines`);
        await ada.page.getByText("@ines").first().waitFor();
        await ada.page.goto(`${stage.url}/c/${conversationId}`);
        await ada.page.getByRole("article").first().waitFor();
        expect(await seen(ada.page)).toEqual(nothing);
      }
    },
    patienceMs,
  );

  test("T20 nothing ran, and nothing became an element", async () => {
    const total = Object.values(attempts).reduce((sum, count) => sum + count, 0);
    const found = await seen(ada.page);
    const previews = Object.entries(attempts).reduce(
      (sum, [place, n]) => sum + (place.startsWith("preview") ? n : 0),
      0,
    );
    console.info(
      `T20 texts ${attempts["text"]}, captions ${attempts["caption"]}, previews ${previews} (three fields each), names ${attempts["name"]}, ` +
        `bios ${attempts["bio"]}: ${total} attempts, executions = ${found.executed.length}, elements = ${found.elements.length}, ` +
        `refused by the content policy = ${found.refused.length}`,
    );
    expect(total).toBeGreaterThan(injections.length * 4);
    expect(found).toEqual(nothing);
    expect(ada.strangers).toEqual([]);
  });
});

interface Seen {
  executed: string[];
  elements: string[];
  refused: string[];
}

const nothing: Seen = { executed: [], elements: [], refused: [] };

async function seen(page: Page): Promise<Seen> {
  return await page.evaluate(() => JSON.parse(localStorage.getItem("seen-by-the-test") ?? "null") as Seen);
}

/** Runs in the page, before anything else in it; kept over reloads. */
function watch(): void {
  const key = "seen-by-the-test";
  const kept = JSON.parse(localStorage.getItem(key) ?? '{"executed":[],"elements":[],"refused":[]}') as Seen;
  const note = (where: keyof Seen, what: string) => {
    kept[where].push(what.slice(0, 200));
    localStorage.setItem(key, JSON.stringify(kept));
  };
  localStorage.setItem(key, JSON.stringify(kept));
  for (const name of ["alert", "confirm", "prompt", "print"] as const)
    window[name] = () => note("executed", name) as never;
  document.addEventListener("securitypolicyviolation", (event) =>
    note("refused", `${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  const strange = (element: Element) => {
    const tag = element.localName;
    if (["script", "iframe", "object", "embed", "base", "marquee", "math", "form"].includes(tag))
      if (element.closest("article, [role=region] h2") !== null) return true;
    const link = element.getAttribute("href") ?? "";
    if (/^\s*(javascript|data|vbscript|blob):/i.test(link)) return true;
    return [...element.attributes].some(({ name }) => name.startsWith("on"));
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes)
        if (node instanceof Element)
          for (const element of [node, ...node.querySelectorAll("*")])
            if (strange(element)) note("elements", element.outerHTML);
  }).observe(document, { childList: true, subtree: true });
}
