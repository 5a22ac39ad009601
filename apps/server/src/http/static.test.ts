import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { staticFiles } from "./static.ts";

const dir = mkdtempSync(join(tmpdir(), "sotto-static-"));
const script = "export const words = 'quiet';\n".repeat(100);
mkdirSync(join(dir, "assets"));
writeFileSync(join(dir, "index.html"), "<!doctype html><title>Sotto</title>");
writeFileSync(join(dir, "assets/app-1a2b.js"), script);
writeFileSync(join(dir, "sw.js"), "// worker");
writeFileSync(join(dir, ".stamp"), "secret");
writeFileSync(join(dir, "..", "sotto-outside.txt"), "outside");
afterAll(() => {
  rmSync(dir, { recursive: true });
  rmSync(join(dir, "..", "sotto-outside.txt"));
});

const serve = staticFiles(dir);
const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
  serve(path, new Request(`http://localhost${path}`, { headers, method }));

test("a file with a hash in its name is kept for ever, the page and the service worker are asked for again", () => {
  expect(get("/assets/app-1a2b.js")?.headers.get("cache-control")).toContain("immutable");
  for (const path of ["/", "/index.html", "/inbox", "/sw.js"]) {
    expect(get(path)?.headers.get("cache-control")).toBe("no-cache");
  }
});

test("an address of the app gets the page; the API's, a missing file and a write do not", async () => {
  expect(await get("/conversation/123")?.text()).toContain("<title>Sotto");
  for (const path of ["/v1", "/v1/people", "/assets/gone", "/gone.js", "/photo.jpg"]) expect(get(path)).toBeNull();
  expect(get("/", {}, "POST")).toBeNull();
});

test("nothing outside the folder, and no hidden file, is served", async () => {
  for (const path of [
    "/../sotto-outside.txt",
    "/..%2fsotto-outside.txt",
    "/assets/../../sotto-outside.txt",
    "/.stamp",
  ]) {
    expect((await serve(path, new Request("http://localhost/"))?.text()) ?? "").not.toMatch(/outside|secret/);
  }
});

test("T12 T13 every answer forbids foreign and inline code, and sniffing", () => {
  for (const path of ["/", "/assets/app-1a2b.js"]) {
    const headers = get(path)?.headers;
    expect(headers?.get("content-security-policy")).toMatch(/default-src 'self';(?!.*unsafe)/);
    expect(headers?.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers?.get("x-content-type-options")).toBe("nosniff");
    expect(headers?.get("referrer-policy")).toBe("no-referrer");
    expect(headers?.get("x-dns-prefetch-control")).toBe("off");
  }
});

test("compressed for who can read it, with the same contents", async () => {
  const plain = get("/assets/app-1a2b.js");
  const small = get("/assets/app-1a2b.js", { "accept-encoding": "gzip, br" });
  expect(plain?.headers.get("content-encoding")).toBeNull();
  expect(small?.headers.get("content-encoding")).toBe("br");
  expect(await plain?.text()).toBe(script);
  expect(brotliDecompressSync(new Uint8Array((await small?.arrayBuffer()) ?? [])).toString()).toBe(script);
});

test("a file that is known already costs a 304, and HEAD has no body", async () => {
  const etag = get("/sw.js")?.headers.get("etag") ?? "";
  expect(get("/sw.js", { "if-none-match": etag })?.status).toBe(304);
  expect(get("/sw.js", { "if-none-match": '"other"' })?.status).toBe(200);
  expect(await get("/sw.js", {}, "HEAD")?.text()).toBe("");
});

test("a web app that is not built says how to build it", async () => {
  const answer = staticFiles(join(dir, "none"))("/", new Request("http://localhost/"));
  expect(answer?.status).toBe(503);
  expect(await answer?.text()).toContain("npm run setup -- --web");
});
