import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { plantedLint } from "./canaries.ts";
import { root } from "./sources.ts";

/** The project's own, but for the packages of types, which are not there. */
const compilerOptions = {
  extends: join(root, "tsconfig.base.json"),
  compilerOptions: { types: [], jsx: "preserve", lib: ["ES2024", "DOM"] },
  include: ["."],
};

/** Runs the linter, with the project's own rules, over files that break them, and says which it did not find. */
export async function missedByLint(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "sotto-planted-"));
  try {
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(compilerOptions));
    const names = Object.keys(plantedLint);
    for (const [at, name] of names.entries()) writeFileSync(join(folder, `planted-${at}.tsx`), plantedLint[name] ?? "");
    const found = await lint(folder);
    return names.filter(
      (name, at) => !found.some((one) => one.code === name && one.filename.endsWith(`planted-${at}.tsx`)),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lint(folder: string): Promise<{ code: string; filename: string }[]> {
  const words = ["--type-aware", "-c", join(root, ".oxlintrc.json"), "-f", "json", folder];
  const linter = Bun.spawn([join(root, "node_modules/.bin/oxlint"), ...words], {
    cwd: root,
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = await new Response(linter.stdout).text();
  const report = JSON.parse(output) as { diagnostics: { code: string; filename: string }[] };
  return report.diagnostics;
}
