import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { guardedRequest, type GuardedRequest } from "./guarded-request.ts";
import { insideListeners, type InsideListeners } from "./inside-listeners.ts";
import { outsidePage } from "./outside-page.ts";
import type { Resolved } from "./target.ts";

const corpus = process.env.SOTTO_CORPUS;
const corpusFile = (name: string) => (corpus === undefined ? null : join(corpus, "text", name));
const missing = (name: string) => {
  const file = corpusFile(name);
  if (file === null) return "SOTTO_CORPUS is not set";
  return existsSync(file) ? null : `${name} is not in SOTTO_CORPUS`;
};

/** Nobody's: not assigned to anybody on the internet. */
const outside: Resolved = { address: "2d00::1", family: 6 };
const loopback: Resolved = { address: "127.0.0.1", family: 4 };
const loopback6: Resolved = { address: "::1", family: 6 };

let inside: InsideListeners;
beforeAll(async () => {
  inside = await insideListeners();
});
afterAll(async () => {
  await inside[Symbol.asyncDispose]();
});

function get(url: string, more: Partial<GuardedRequest> = {}) {
  const limits = { bytes: 10_000, totalMs: 1_500, redirects: 5, ...more.limits };
  return guardedRequest({ url, method: "GET", headers: {}, ports: [80, 443, inside.port], ...more, limits });
}

/** Asks all of them and says how many connections the inside saw. */
async function connectionsBy(urls: readonly string[], more: Partial<GuardedRequest> = {}): Promise<number> {
  const before = inside.connections();
  const answers = await Promise.all(urls.map(async (url) => await get(url, more)));
  await Bun.sleep(20);
  expect(answers.filter((answer) => answer.ok && new TextDecoder().decode(answer.body).includes("inside"))).toEqual([]);
  return inside.connections() - before;
}

describe("T10 the inside is not reached", () => {
  test("the counter counts", async () => {
    const before = inside.connections();
    await fetch(`http://127.0.0.1:${inside.port}/`);
    const answer = await get(`http://127.0.0.1:${inside.port}/`, { allow: [`127.0.0.1:${inside.port}`] });
    expect(answer).toMatchObject({ ok: true, status: 200 });
    expect(inside.connections() - before).toBe(2);
  });

  test("T10 every way to write a local address: private connections = 0", async () => {
    const hosts = [
      ...["127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"],
      ...[
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "127.127.127.127",
        "%31%32%37.0.0.1",
        "１２７.０.０.１",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
      ],
      ...["[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]"],
      ...["[2002:7f00:1::]", "[0:0:0:0:0:0:0:1]", "[::ffff:0:127.0.0.1]", "localhost", "LOCALHOST", "localhost."],
      ...["ⓛocalhost", "a.localhost", "127.0.0.1%00.example.com", "[::1%25lo]", "ip6-localhost", "0.0.0.0."],
    ];
    const urls = hosts.flatMap((host) => [`http://${host}:${inside.port}/`, `https://${host}:${inside.port}/`]);
    const connections = await connectionsBy(urls);
    console.info(`T10 spellings of a local address: ${urls.length} attempts, private connections = ${connections}`);
    expect(connections).toBe(0);
  });

  const noMetadata = missing("SSRF-Testing__cloud-metadata.txt");
  test.skipIf(noMetadata !== null)(
    `T10 the corpus's cloud metadata addresses${noMetadata === null ? "" : ` (skipped: ${noMetadata})`}`,
    async () => {
      const list = readFileSync(corpusFile("SSRF-Testing__cloud-metadata.txt") ?? "", "utf8");
      const urls = [...list.matchAll(/https?:\/\/[^\s"'<>]+/g)].map(([url]) => url);
      // Names that only mean something inside a cloud mean the worst of it here.
      const resolve = async () => [{ address: "169.254.169.254", family: 4 } as const];
      const answers = await Promise.all(urls.map(async (url) => await get(url, { resolve })));
      const reasons = Object.groupBy(answers, (answer) => (answer.ok ? "ok" : answer.reason));
      const counted = Object.entries(reasons).map(([reason, of]) => `${reason} ${of?.length}`);
      console.info(`T10 cloud metadata: ${urls.length} attempts: ${counted.join(", ")}`);
      expect(urls.length).toBeGreaterThan(20);
      expect(Object.keys(reasons).filter((reason) => !["private", "bad_url", "port"].includes(reason))).toEqual([]);
    },
  );

  const noUrls = missing("ada__wpt_urltestdata.json");
  test.skipIf(noUrls !== null)(
    `T10 the corpus's URL parser tests, each name of them an inside one${noUrls === null ? "" : ` (skipped: ${noUrls})`}`,
    async () => {
      const list: unknown[] = JSON.parse(readFileSync(corpusFile("ada__wpt_urltestdata.json") ?? "", "utf8"));
      const urls = list.flatMap((one) =>
        typeof one === "object" && one !== null && "input" in one && typeof one.input === "string" ? [one.input] : [],
      );
      const withPort = urls.flatMap((url) => [url, url.replace(/^(https?:\/\/[^/?#:]*)(:\d*)?/, `$1:${inside.port}`)]);
      const connections = await connectionsBy(withPort, { resolve: async () => [loopback] });
      console.info(`T10 URL parser tests: ${withPort.length} attempts, private connections = ${connections}`);
      expect(connections).toBe(0);
    },
  );

  test("T10 common ports of what is allowed to nobody: refused without a connection", async () => {
    const file = corpusFile("SSRF-Testing__commonly-open-ports.txt");
    const listed = file !== null && existsSync(file) ? readFileSync(file, "utf8").match(/^\d+$/gm) : null;
    const ports = (listed ?? ["21", "22", "25", "3306", "5432", "6379", "8080", "9200", "11211"]).map(Number);
    const tried = [...new Set(ports)].filter((port) => port <= 65_535 && port !== 80 && port !== 443);
    const reasons = new Set<string>();
    for (const port of tried) {
      const answer = await get(`http://page.test:${port}/`, { ports: [80, 443], resolve: async () => [outside] });
      reasons.add(answer.ok ? "ok" : answer.reason);
    }
    console.info(`T10 ports: ${tried.length} attempts, all refused as "${[...reasons].join(", ")}"`);
    expect([...reasons]).toEqual(["port"]);
  });

  test("T10 a rebinding name: private connections = 0", async () => {
    const before = inside.connections();
    const answers: readonly (readonly Resolved[])[] = [
      [outside],
      [loopback],
      [outside, loopback],
      [loopback6, outside],
      [outside, { address: "::ffff:127.0.0.1", family: 6 }],
      [outside],
      [{ address: "0.0.0.0", family: 4 }],
      [{ address: "64:ff9b::7f00:1", family: 6 }],
    ];
    let asked = 0;
    const resolve = async () => answers[asked++ % answers.length] ?? [];
    const attempts = 400;
    const one = async (attempt: number) =>
      await get(`${attempt % 2 === 0 ? "http" : "https"}://rebind.test:${inside.port}/`, {
        resolve,
        limits: { bytes: 1000, totalMs: 500, redirects: 0 },
      });
    const refusals = await Promise.all(Array.from({ length: attempts }, async (_, attempt) => await one(attempt)));
    expect(refusals.filter((answer) => answer.ok)).toEqual([]);
    await Bun.sleep(50);
    console.info(
      `T10 rebinding: ${attempts} attempts, ${asked} look-ups, private connections = ${inside.connections() - before}`,
    );
    expect(asked).toBe(attempts);
    expect(inside.connections() - before).toBe(0);
  });

  test("T10 redirects inward, and to names that turn inward: private connections = 0", async () => {
    const to = [
      `http://127.0.0.1:${inside.port}/`,
      `http://localhost:${inside.port}/`,
      `//127.0.0.1:${inside.port}/`,
      `http://[::1]:${inside.port}/`,
      `http://[::ffff:127.0.0.1]:${inside.port}/`,
      `http://0x7f.1:${inside.port}/`,
      `http://rebind.test:${inside.port}/`,
      "http://169.254.169.254/latest/meta-data/",
      "file:///etc/passwd",
      "gopher://127.0.0.1:6379/_INFO",
      "ftp://127.0.0.1/",
      `http://user:pass@127.0.0.1:${inside.port}/`,
      "http://",
      "http://127.0.0.1:22/",
      `\\\\127.0.0.1:${inside.port}\\`,
      `http:127.0.0.1:${inside.port}`,
    ];
    await using page = await outsidePage((socket, path) => {
      const [, status = "302", place = "0"] = path.split("/");
      socket.end(`HTTP/1.1 ${status} Go\r\nlocation: ${to[Number(place)]}\r\ncontent-length: 0\r\n\r\n`);
    });
    const urls = to.flatMap((_, place) => [301, 302, 303, 307, 308].map((status) => page.url(`/${status}/${place}`)));
    const connections = await connectionsBy(urls, { allow: [page.host], resolve: async () => [loopback] });
    console.info(`T10 redirects inward: ${urls.length} attempts, private connections = ${connections}`);
    expect(page.connections()).toBeGreaterThanOrEqual(urls.length);
    expect(connections).toBe(0);
  });

  test("T10 addresses with credentials, and of other schemes", async () => {
    const urls = [
      "http://me:secret@page.test/",
      "http://me@page.test/",
      "file:///etc/passwd",
      "javascript:alert(1)",
      "",
    ];
    const answers = await Promise.all(urls.map(async (url) => await get(url, { resolve: async () => [outside] })));
    expect(answers).toEqual(urls.map(() => ({ ok: false, reason: "bad_url" })));
  });

  test("T10 a proxy of the environment is not obeyed", async () => {
    await using proxy = await outsidePage((socket) => socket.end());
    await using page = await outsidePage((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"));
    const script = `
      const { guardedRequest } = await import(${JSON.stringify(join(import.meta.dir, "guarded-request.ts"))});
      const answer = await guardedRequest({ url: ${JSON.stringify(page.url("/"))}, method: "GET", headers: {},
        limits: { bytes: 100, totalMs: 3000, redirects: 0 }, allow: [${JSON.stringify(page.host)}] });
      console.log(answer.ok ? answer.status : answer.reason);`;
    const url = `http://127.0.0.1:${proxy.port}`;
    const env = { HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, ALL_PROXY: url, NODE_USE_ENV_PROXY: "1" };
    const child = Bun.spawn([process.execPath, "-e", script], { env, stdout: "pipe" });
    expect((await new Response(child.stdout).text()).trim()).toBe("200");
    expect({ page: page.connections(), proxy: proxy.connections() }).toEqual({ page: 1, proxy: 0 });
  });
});
