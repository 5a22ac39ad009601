import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { openStage, skipReason, visitor } from "./harness.ts";

const suite = skipReason === null ? describe : describe.skip;
const mostBytes = 170_000;
const dist = fileURLToPath(new URL("../../apps/web/dist", import.meta.url));

/** What a newcomer's browser loads before it shows something, and what it may do. */
suite(`the first load${skipReason === null ? "" : ` (skipped: ${skipReason})`}`, () => {
  test("the scripts of the first load weigh at most 170 kB compressed, and under a strict policy nothing is blocked", async () => {
    await using stage = await openStage();
    const guest = await visitor(stage);
    const scripts = new Set<string>();
    guest.page.on("response", (response) => {
      const { pathname } = new URL(response.url());
      if (pathname.endsWith(".js") && pathname !== "/sw.js" && !pathname.startsWith("/workbox-")) scripts.add(pathname);
    });
    const answer = await guest.page.goto(stage.url);
    await guest.page.getByRole("heading", { name: "Sign in to Sotto" }).waitFor();

    let bytes = 0;
    for (const path of scripts) {
      const compressed = gzipSync(readFileSync(dist + path)).length;
      bytes += compressed;
      console.log(`${path}: ${(compressed / 1000).toFixed(1)} kB`);
    }
    console.log(`first load: ${(bytes / 1000).toFixed(1)} kB of ${mostBytes / 1000} kB`);
    expect(scripts.size).toBeGreaterThan(1);
    expect(bytes).toBeLessThanOrEqual(mostBytes);

    const policy = answer?.headers()["content-security-policy"] ?? "";
    expect(policy).toMatch(/(?:script|default)-src 'self'(?:;|$)/u);
    expect(policy).not.toContain("unsafe");
    expect(guest.faults).toEqual([]);
    expect(guest.strangers).toEqual([]);
  }, 60_000);
});
