import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Bug } from "../bugs.ts";
import { check } from "../check.ts";
import { noFileLayer } from "./file-layer.ts";

const why = noFileLayer === null ? "" : ` (skipped: ${noFileLayer})`;
const signal = new AbortController().signal;
const say = (words: string) => console.log(words);

test.skipIf(noFileLayer !== null)(
  `T35 R26 power cuts under load: what was acknowledged is on disk${why}`,
  async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const result = await check({ seed, seconds: 45, nodes: 1, power: true, only: ["powerCut"], signal, say });
    console.log(JSON.stringify(result));
    expect(result.faults["powerCut"]).toBeGreaterThan(3);
    expect({ violations: result.violations, details: result.details }).toMatchObject({ details: [] });
    expect(result.messages).toBeGreaterThan(100);
  },
  300_000,
);

test.skipIf(noFileLayer !== null)(
  `T35 commits that do not wait for the disk are caught by a power cut${why}`,
  async () => {
    const bug: Bug = {
      name: "noSync",
      caughtBy: "acknowledgedAndMissing",
      preloads: [join(import.meta.dir, "no-sync.ts")],
      faults: ["powerCut"],
    };
    const result = await check({ seed: 1, seconds: 15, nodes: 1, power: true, bug, signal, say });
    console.log(JSON.stringify(result));
    expect(result.violations.acknowledgedAndMissing).toBeGreaterThan(0);
  },
  300_000,
);
