import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const source = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");

interface PageWithAxe {
  axe: { run(options: RunOptions): Promise<AxeResults> };
}

/** What axe finds on the page as it stands: one line for each rule and element. WCAG 2.2 A and AA, and its best practices. */
export async function violations(page: Page): Promise<string[]> {
  const loaded = await page.evaluate(() => "axe" in globalThis);
  if (!loaded) await page.evaluate(source);
  const results = await page.evaluate(() =>
    (globalThis as unknown as PageWithAxe).axe.run({ resultTypes: ["violations"] }),
  );
  return results.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) =>
        `${violation.id}: ${node.html.slice(0, 160)} (${node.failureSummary?.split("\n")[1]?.trim() ?? violation.help})`,
    ),
  );
}
