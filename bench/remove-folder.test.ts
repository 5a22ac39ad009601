import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeBenchFolder } from "./remove-folder.ts";

const base = realpathSync(mkdtempSync(join(tmpdir(), "sotto-remove-")));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test("a benchmark's folder goes with the databases that were moved out of it, and with nobody else's", () => {
  const folder = join(base, "bench");
  const moved = ["a", "one/sotto", "."].map((name, at) => place({ name, dataFolder: join(folder, name), at }));
  const others = place({ name: "other", dataFolder: join(base, "elsewhere"), at: 9 });
  removeBenchFolder(folder);
  expect([folder, ...moved, others].map((path) => existsSync(path))).toEqual([false, false, false, false, true]);

  function place({ name, dataFolder, at }: { name: string; dataFolder: string; at: number }): string {
    const path = join(base, `place-${at}`);
    mkdirSync(join(path, "postgres"), { recursive: true });
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(path, "data-folder"), `${dataFolder}\n`);
    writeFileSync(join(folder, name, "postgres.location"), `${path}\n`);
    return path;
  }
});
