import { join } from "node:path";
import { expect, test } from "bun:test";
import { bugs } from "../bugs.ts";

const root = join(import.meta.dir, "../../..");
const load = 'await import("./apps/server/src/app.ts"); await import("./apps/server/src/gateway/leavers.ts")';

/** A bug that is not planted proves nothing: its place in the server's text is looked for by the server's own loading. */
test("every planted bug that changes the server's text still finds its place", async () => {
  const preloads = bugs.flatMap((bug) => bug.preloads ?? []);
  const failed: string[] = [];
  for (const preload of preloads) {
    const run = Bun.spawn([process.execPath, "--preload", preload, "-e", load], {
      cwd: root,
      stdout: "ignore",
      stderr: "pipe",
    });
    const words = await new Response(run.stderr).text();
    if ((await run.exited) !== 0) failed.push(`${preload.replace(root, "")}: ${words.slice(0, 400)}`);
  }
  console.log(`${preloads.length} planted texts, ${failed.length} without a place`);
  expect(failed).toEqual([]);
  expect(preloads.length).toBeGreaterThan(3);
}, 60_000);
