import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { htmlPage } from "../../apps/server/test/page-server.ts";
import { injections } from "./injections.ts";
import { nothing, openInjectionStage, seen, type Content, type InjectionStage } from "./injection-stage.ts";
import { skipReason } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 120_000;

/** T20: what a page says of itself is text in its preview, and what people say of themselves is text in their profile. */
suite(`injections by the side${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let world: InjectionStage;

  beforeAll(async () => {
    world = await openInjectionStage();
  }, patienceMs);
  afterAll(() => world?.[Symbol.asyncDispose]());

  test(
    "T20 in every field of a preview",
    async () => {
      const { site, me, ines } = world;
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
        if (contents.length === 10) await world.sendAll("previews", contents.splice(0));
      }
      await world.sendAll("previews", contents);
    },
    patienceMs,
  );

  test(
    "T20 as names, and what profiles say",
    async () => {
      const { stage, ines, ada, conversationId } = world;
      let [names, bios] = [0, 0];
      for (const text of injections) {
        const fits = [...text].length <= 50;
        const changed = await ines.sotto.call("me.update", { ...(fits && { name: text }), bio: text }).then(
          () => true,
          () => false,
        );
        if (!changed) continue;
        bios += 1;
        if (fits) names += 1;
        if (bios % 6 !== 0) continue;
        await ada.page.goto(`${stage.url}/people/ines`);
        await ada.page.getByText("@ines").first().waitFor();
        await ada.page.goto(`${stage.url}/c/${conversationId}`);
        await ada.page.getByRole("article").first().waitFor();
        expect(await seen(ada.page)).toEqual(nothing);
      }
      Object.assign(world.attempts, { names, bios });
    },
    patienceMs,
  );

  test("T20 nothing ran, and nothing became an element", async () => {
    const { ada, attempts } = world;
    const { previews = 0, names = 0, bios = 0 } = attempts;
    const total = previews + names + bios;
    const found = await seen(ada.page);
    console.info(
      `T20 previews ${previews} (three fields each), names ${names}, bios ${bios}: ${total} attempts, ` +
        `executions = ${found.executed.length}, elements = ${found.elements.length}, ` +
        `refused by the content policy = ${found.refused.length}`,
    );
    expect(total).toBeGreaterThan(injections.length * 2);
    expect(found).toEqual(nothing);
    expect(ada.strangers).toEqual([]);
  });
});
