import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { corruptEach } from "../../test/corrupt.ts";
import { corpusExpected } from "./corpus-expected.ts";

const corpus = process.env["SOTTO_CORPUS"];
const skipped = corpus === undefined;
const photoFolders = corpusExpected.filter(({ folder }) => !["text", "video", "link-preview-html"].includes(folder));
const each = 4;

test.skipIf(skipped)(
  `T16: every photo of the corpus, corrupted in ${each} ways: server crashes 0${skipped ? " (skipped: SOTTO_CORPUS names no folder)" : ""}`,
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "sotto-corrupt-"));
    const sources = photoFolders.flatMap(({ folder }) =>
      readdirSync(join(corpus ?? "", folder))
        .toSorted()
        .map((file) => {
          const bytes = new Uint8Array(readFileSync(join(corpus ?? "", folder, file)));
          return { name: `${folder}/${file}`, bytes };
        }),
    );
    try {
      const counts = await corruptEach({ sources, each, seed: 1, dir });
      console.log(
        `T16: ${counts.files} corrupt files: ${counts.shown} shown, ${counts.refused} refused, ${counts.other} other; server crashes 0`,
      );
      expect([counts.files, counts.other]).toEqual([sources.length * each, 0]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  1_800_000,
);
