import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const coreGzipMostBytes = 25_000;

test("the core is at most 25 kB gzip, without a validator, tus or idb", async () => {
  const built = await Bun.build({
    entrypoints: [fileURLToPath(new URL("./client.ts", import.meta.url))],
    target: "browser",
    minify: true,
    splitting: true,
  });
  expect(built.success).toBe(true);
  // With splitting, what only a dynamic import reaches lies in chunks of its own; the rest is loaded with the entry.
  const texts = new Map(await Promise.all(built.outputs.map(async (one) => [one.path, await one.text()] as const)));
  const core = [...reachable(built.outputs[0]?.path ?? "", texts)].map((path) => texts.get(path) ?? "").join("\n");
  const sizeBytes = Bun.gzipSync(new TextEncoder().encode(core)).byteLength;
  console.log(`sdk core: ${sizeBytes} bytes gzip, ${core.length} bytes minified; ${texts.size} files in all`);
  expect(sizeBytes).toBeLessThanOrEqual(coreGzipMostBytes);
  expect(core).not.toContain("_zod");
  expect(core).not.toContain("Tus-Resumable");
});

function reachable(entry: string, texts: Map<string, string>, seen = new Set<string>()): Set<string> {
  const name = entry.split("/").at(-1) ?? "";
  const path = [...texts.keys()].find((one) => one.endsWith(name));
  if (path === undefined || seen.has(path)) return seen;
  seen.add(path);
  // `import"./x.js"` and `from"./x.js"`, not `import("./x.js")`.
  for (const [, next = ""] of (texts.get(path) ?? "").matchAll(/(?:from|import)\s*"(\.\/[^"]+)"/g))
    reachable(next, texts, seen);
  return seen;
}
