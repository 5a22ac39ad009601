import { describe, expect, test } from "bun:test";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { guardedRequest, type GuardedRequest } from "./guarded-request.ts";
import { outsidePage, writeForEver } from "./outside-page.ts";

const ok = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";

async function get(url: string, more: Partial<GuardedRequest> = {}) {
  const limits = { bytes: 1_000_000, totalMs: 700, redirects: 5, ...more.limits };
  const beganMs = performance.now();
  const answer = await guardedRequest({ url, method: "GET", headers: {}, allow: [new URL(url).host], ...more, limits });
  const tookMs = Math.round(performance.now() - beganMs);
  return { answer, tookMs, shown: answer.ok ? `ok ${answer.body.length}${answer.cut ? " cut" : ""}` : answer.reason };
}

describe("answers as they should be", () => {
  const text = "Sotto ".repeat(500);
  const packed = { gzip: gzipSync(text), br: brotliCompressSync(text), deflate: deflateSync(text) };
  for (const [encoding, bytes] of Object.entries(packed)) {
    test(`${encoding} is unpacked`, async () => {
      await using page = await outsidePage((socket) => {
        socket.write(`${ok}content-encoding: ${encoding}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
        socket.end(bytes);
      });
      const { answer } = await get(page.url("/"));
      expect(answer.ok && new TextDecoder().decode(answer.body)).toBe(text);
    });
  }

  test("what is asked for: our headers, the host's name, and no cookie after a redirect elsewhere", async () => {
    await using other = await outsidePage((socket) => socket.end(`${ok}content-length: 0\r\n\r\n`));
    await using page = await outsidePage((socket) =>
      socket.end(`HTTP/1.1 302 Found\r\nlocation: ${other.url("/there")}\r\ncontent-length: 0\r\n\r\n`),
    );
    const { answer } = await get(page.url("/here"), {
      headers: { authorization: "secret", cookie: "a=b", "user-agent": "Sotto" },
      allow: [page.host, other.host],
    });
    expect(answer).toMatchObject({ ok: true, url: other.url("/there") });
    expect(page.requests[0]).toContain("authorization: secret");
    expect(other.requests[0]?.toLowerCase()).toContain(`host: ${other.host}`);
    expect(other.requests[0]).toContain("user-agent: Sotto");
    expect(other.requests[0]).not.toMatch(/authorization|cookie|referer/i);
  });

  test("a POST is answered, and never redirected", async () => {
    await using page = await outsidePage((socket, path) =>
      socket.end(
        path === "/to"
          ? "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"
          : "HTTP/1.1 307 Go\r\nlocation: /to\r\n\r\n",
      ),
    );
    const body = new TextEncoder().encode("push");
    const more = { method: "POST", headers: { ttl: "60" }, body } as const;
    expect((await get(page.url("/to"), more)).answer).toMatchObject({ ok: true, status: 201 });
    expect(page.requests[0]).toMatch(/^POST \/to[^]*content-length: 4/i);
    expect((await get(page.url("/from"), more)).shown).toBe("redirects");
  });

  test("a longer page is cut where that was asked for, and refused where not", async () => {
    await using page = await outsidePage((socket) => writeForEver(socket, `${ok}\r\n`, "a".repeat(65_536)));
    expect((await get(page.url("/"), { cut: true })).shown).toBe("ok 1000000 cut");
    expect((await get(page.url("/"))).shown).toBe("too_large");
  });

  test("what is not wanted is not read", async () => {
    await using page = await outsidePage((socket) => socket.write(`${ok}\r\n`));
    const { shown } = await get(page.url("/"), { wanted: ({ headers }) => headers["content-type"] === "image/png" });
    expect(shown).toBe("unwanted");
  });
});

describe("T11 answers of the worst kind", () => {
  const zeros = Buffer.alloc(1_000_000);
  const bombs = {
    // 300 MB of zeros; brotli makes 455 bytes of them, a ratio of 660,000.
    gzip: gzipSync(Buffer.alloc(300_000_000)),
    deflate: deflateSync(Buffer.alloc(300_000_000)),
    br: brotliCompressSync(Buffer.alloc(300_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
    "gzip, gzip": gzipSync(gzipSync(Buffer.alloc(300_000_000))),
  };
  for (const [encoding, bytes] of Object.entries(bombs)) {
    for (const cut of [false, true]) {
      test(`T11 a bomb by ${encoding}, ${cut ? "cut" : "whole"}`, async () => {
        await using page = await outsidePage((socket) => {
          socket.write(`${ok}content-encoding: ${encoding}\r\n\r\n`);
          socket.end(bytes);
        });
        const before = process.memoryUsage.rss();
        const { shown, tookMs } = await get(page.url("/"), {
          cut,
          limits: { bytes: 2_000_000, totalMs: 3000, redirects: 0 },
        });
        const grownMb = Math.round((process.memoryUsage.rss() - before) / 1_000_000);
        console.info(`T11 ${encoding}: ${bytes.length} B for 300 MB: ${shown} in ${tookMs} ms, memory +${grownMb} MB`);
        // The beginning of one is a page like others: as long as was asked for.
        expect(["too_large", "bad_answer", ...(cut ? ["ok 2000000 cut"] : [])]).toContain(shown);
      });
    }
  }

  const endless: Record<string, [string, string | Uint8Array]> = {
    "a body without an end": [`${ok}\r\n`, zeros],
    "chunks without an end": [`${ok}transfer-encoding: chunked\r\n\r\n`, "10\r\n0123456789abcdef\r\n".repeat(1000)],
    "chunks of one byte": [`${ok}transfer-encoding: chunked\r\n\r\n`, "1\r\na\r\n".repeat(1000)],
    "a chunk extension without an end": [`${ok}transfer-encoding: chunked\r\n\r\n1;a=`, "x".repeat(65_536)],
    "trailers without an end": [`${ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n`, "x-a: b\r\n".repeat(1000)],
    "headers without an end": [ok, "x-a: b\r\n".repeat(1000)],
    "one header without an end": [`${ok}x-a: `, "b".repeat(65_536)],
    "a status line without an end": ["HTTP/1.1 200 ", "OK".repeat(10_000)],
    "answers 100 without an end": ["", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)],
    "answers 103 without an end": ["", "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(100)],
    "noise instead of an answer": ["", Buffer.from("\u0000\u0001garbage\r\n".repeat(1000))],
  };
  for (const [name, [head, chunk]] of Object.entries(endless)) {
    test(`T11 ${name}`, async () => {
      await using page = await outsidePage((socket) => writeForEver(socket, head, chunk));
      const before = process.memoryUsage.rss();
      const { shown, tookMs } = await get(page.url("/"));
      const grownMb = Math.round((process.memoryUsage.rss() - before) / 1_000_000);
      console.info(`T11 ${name}: ${shown} in ${tookMs} ms, memory +${grownMb} MB`);
      expect(["too_large", "bad_answer", "unreachable", "timeout"]).toContain(shown);
      expect(grownMb).toBeLessThan(150);
    });
  }

  const slow: Record<string, string[]> = {
    "no answer at all": [],
    "a head, a byte at a time": [..."HTTP/1.1 200 OK\r\nx: ".padEnd(500, "y")],
    "a body, a byte at a time": [`${ok}\r\n`, ..."a".repeat(500)],
    "fewer bytes than it said": [`${ok}content-length: 1000\r\n\r\nabc`],
  };
  for (const [name, parts] of Object.entries(slow)) {
    test(`T11 slowly: ${name}`, async () => {
      await using page = await outsidePage((socket) => {
        const rest = [...parts];
        const timer = setInterval(
          () => (rest.length > 0 && !socket.destroyed ? socket.write(rest.shift() ?? "") : 0),
          30,
        );
        socket.on("close", () => clearInterval(timer));
      });
      const { shown, tookMs } = await get(page.url("/"));
      console.info(`T11 slowly: ${name}: ${shown} in ${tookMs} ms`);
      expect(shown).toBe("timeout");
    });
  }

  const liars: Record<string, string> = {
    "less length than it has": `${ok}content-length: 3\r\n\r\nabcdef`,
    "more length, then the end": `${ok}content-length: 1000\r\n\r\nabc`,
    "two lengths": `${ok}content-length: 3\r\ncontent-length: 6\r\n\r\nabcdef`,
    "a length below zero": `${ok}content-length: -1\r\n\r\nabc`,
    "a length past all numbers": `${ok}content-length: 99999999999999999999999\r\n\r\nabc`,
    "length and chunks": `${ok}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    "gzip that is none": `${ok}content-encoding: gzip\r\ncontent-length: 6\r\n\r\nabcdef`,
    "an unknown packing": `${ok}content-encoding: zstd\r\ncontent-length: 6\r\n\r\nabcdef`,
    "another protocol": "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    "an end at once": "",
    "a status of no kind": "HTTP/1.1 999 Hm\r\ncontent-length: 0\r\n\r\n",
    "HTTP/0.9": "<title>hello</title>",
  };
  for (const [name, answer] of Object.entries(liars)) {
    test(`T11 a liar: ${name}`, async () => {
      await using page = await outsidePage((socket) => socket.end(answer));
      const { answer: got, shown } = await get(page.url("/"));
      console.info(`T11 a liar: ${name}: ${shown}`);
      if (got.ok) expect(got.body.length).toBeLessThanOrEqual(3);
    });
  }

  test("T11 redirects without an end, and in a circle", async () => {
    await using page = await outsidePage((socket, path) =>
      socket.end(`HTTP/1.1 302 Go\r\nlocation: ${path.length > 3 ? "/" : path}x\r\ncontent-length: 0\r\n\r\n`),
    );
    expect((await get(page.url("/"))).shown).toBe("redirects");
    expect(page.connections()).toBe(6);
  });

  test("T11 a name that is never found out", async () => {
    const { shown } = await get("http://slow.test/", { resolve: () => new Promise(() => {}), allow: [] });
    expect(shown).toBe("timeout");
  });
});
