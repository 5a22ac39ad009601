import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { injections, naughtyStrings } from "./injections.ts";
import { nothing, openInjectionStage, seen, type InjectionStage } from "./injection-stage.ts";
import { skipReason } from "./harness.ts";
import { taggedPhoto } from "./photo.ts";

const suite = skipReason === null ? describe : describe.skip;
const patienceMs = 120_000;

/** T20: what people write is text, wherever it stands. Previews, names and profiles are a suite of their own. */
suite(`injections${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  let world: InjectionStage;

  beforeAll(async () => {
    world = await openInjectionStage();
  }, patienceMs);
  afterAll(() => world?.[Symbol.asyncDispose]());

  test(
    "T20 as texts",
    async () => {
      const texts = [...injections, ...naughtyStrings()];
      await world.sendAll(
        "texts",
        texts.map((text) => ({ text })),
      );
    },
    patienceMs,
  );

  test(
    "T20 as captions",
    async () => {
      const photo = new Blob([new Uint8Array((await taggedPhoto(3)).bytes)], { type: "image/jpeg" });
      const mediaId = await world.ines.sotto.upload(photo);
      await world.sendAll(
        "captions",
        injections.map((text) => ({ text, mediaIds: [mediaId] })),
      );
    },
    patienceMs,
  );

  test("T20 nothing ran, and nothing became an element", async () => {
    const { ada, attempts } = world;
    const { texts = 0, captions = 0 } = attempts;
    const found = await seen(ada.page);
    console.info(
      `T20 texts ${texts}, captions ${captions}: ${texts + captions} attempts, executions = ${found.executed.length}, ` +
        `elements = ${found.elements.length}, refused by the content policy = ${found.refused.length}`,
    );
    expect(texts + captions).toBeGreaterThanOrEqual(injections.length * 2);
    expect(found).toEqual(nothing);
    expect(ada.strangers).toEqual([]);
  });
});
