import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFileLayer, noFileLayer } from "./file-layer.ts";

const why = noFileLayer === null ? "" : ` (skipped: ${noFileLayer})`;

test.skipIf(noFileLayer !== null)(
  `T35 the file layer takes back what was not synced, and nothing else${why}`,
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "sotto-power-"));
    const layer = await buildFileLayer({ dir, root: join(dir, "data-") });
    const [kept, lost, other] = [join(dir, "data-kept"), join(dir, "data-lost"), join(dir, "other")];
    for (const file of [kept, lost, other]) writeFileSync(file, "before, and long enough");
    const dd = (file: string, ...words: string[]) =>
      Bun.spawnSync(["dd", `of=${file}`, "bs=6", ...words], {
        env: { ...layer.env, PATH: process.env["PATH"] ?? "" },
        stdin: Buffer.from("after!"),
        stderr: "ignore",
      });
    expect(dd(kept, "conv=notrunc,fdatasync").exitCode).toBe(0);
    expect(dd(lost, "conv=notrunc").exitCode).toBe(0);
    expect(dd(lost, "conv=notrunc", "seek=10").exitCode).toBe(0);
    expect(dd(other, "conv=notrunc").exitCode).toBe(0);
    expect(readFileSync(lost, "utf8")).toContain("after!");
    expect(layer.takeBack()).toMatchObject({ writes: 2, files: 1 });
    expect([kept, lost, other].map((file) => readFileSync(file, "utf8"))).toEqual([
      "after!, and long enough",
      "before, and long enough",
      "after!, and long enough",
    ]);
    rmSync(dir, { recursive: true });
  },
);
