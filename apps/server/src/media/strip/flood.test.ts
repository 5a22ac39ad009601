import { expect, test } from "bun:test";
import { floods } from "../../../test/floods.ts";
import { Refusal } from "../../errors.ts";
import { stripMetadata } from "../strip.ts";

test("T14: millions of small pieces are refused or passed over, without a note of each", async () => {
  const outcomes: Record<string, boolean> = {};
  const list = await floods(8_000_000);
  for (const { name, format, bytes } of list) {
    Bun.gc(true);
    const [began, before] = [performance.now(), process.memoryUsage().rss];
    const result = stripMetadata(format, bytes);
    const grown = process.memoryUsage().rss - before;
    outcomes[name] = !(result instanceof Refusal);
    const said = result instanceof Refusal ? result.detail : "stripped";
    console.log(
      `${name}: ${(performance.now() - began).toFixed(0)} ms, ${(grown / 1024 / 1024).toFixed(0)} MB more: ${said}`,
    );
    expect([name, grown < 160_000_000]).toEqual([name, true]);
  }
  expect(outcomes).toEqual(Object.fromEntries(list.map(({ name, passes }) => [name, passes])));
}, 120_000);
