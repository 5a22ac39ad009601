import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { outsidePage, writeForEver } from "../src/guard/outside-page.ts";
import { bombs } from "./bombs.ts";

/**
 * A site of the worst kind, in a process of its own so that its work is not the server's (T11): `bun hostile-site.ts` prints its
 * port. `paths` says what it has.
 */
export const hostilePaths = [
  ...["/gzip", "/brotli", "/endless", "/endless-chunks", "/slow-head", "/slow-body", "/silent", "/headers", "/interim"],
  ...["/deep", "/metas", "/attributes", "/title", "/redirects", "/long-redirect", "/length", "/two-lengths", "/noise"],
  ...["/image-endless", "/image-slow", "/image-bomb", "/image-gzip", "/image-html", "/image-redirects", "/closes"],
] as const;

const html = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";
const png = "HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n";
const redirect = "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: ";

async function serve(): Promise<void> {
  const zeros = Buffer.alloc(1_000_000);
  const gzip = gzipSync(Buffer.alloc(300_000_000), { level: 1 });
  // 300 MB in some 500 bytes.
  const brotli = brotliCompressSync(Buffer.alloc(300_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
  const bomb = (await bombs()).find(({ name }) => name.includes("65,535"))?.bytes ?? zeros;
  const whole = (text: string | Uint8Array, head = html) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from(`${head}content-length: ${bytes.length}\r\n\r\n`), bytes]);
  };
  const withImage = (path: string) => whole(`<title>words</title><meta property="og:image" content="${path}.png">`);
  const answers: Record<string, string | Uint8Array> = {
    "/gzip": Buffer.concat([Buffer.from(`${html}content-encoding: gzip\r\n\r\n`), gzip]),
    "/brotli": Buffer.concat([Buffer.from(`${html}content-encoding: br\r\n\r\n`), brotli]),
    "/deep": whole("<div><b>".repeat(250_000)),
    "/metas": whole('<meta property="og:title" content="a">'.repeat(50_000)),
    "/attributes": whole(`<meta ${Array.from({ length: 150_000 }, (_, n) => `a${n}=b`).join(" ")}>`),
    "/title": whole(`<title>${"a".repeat(1_900_000)}`),
    "/long-redirect": `${redirect}/${"a".repeat(15_000)}\r\n\r\n`,
    "/length": `${html}content-length: 99999999\r\n\r\n<title>short</title>`,
    "/two-lengths": `${html}content-length: 3\r\ncontent-length: 5\r\n\r\nabcde`,
    "/noise": Buffer.from(Array.from({ length: 20_000 }, (_, n) => (n * 7919) % 256)),
    "/image-bomb.png": whole(bomb, png),
    "/image-gzip.png": Buffer.concat([Buffer.from(`${png}content-encoding: gzip\r\n\r\n`), gzip]),
    "/image-html.png": whole("<script>alert(1)</script>", png),
    "/closes": "",
  };
  const endless: Record<string, [string, string | Uint8Array]> = {
    "/endless": [`${html}\r\n`, "<p>".repeat(20_000)],
    "/endless-chunks": [`${html}transfer-encoding: chunked\r\n\r\n`, "1\r\na\r\n".repeat(5_000)],
    "/headers": [html, "x-a: b\r\n".repeat(1_000)],
    "/interim": ["", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100)],
    "/image-endless.png": [`${png}\r\n`, zeros],
  };
  const slow: Record<string, string> = {
    "/slow-head": "HTTP/1.1 200 OK\r\nx: ".padEnd(10_000, "y"),
    "/slow-body": `${html}\r\n<title>slow</title>`.padEnd(10_000, " "),
    "/image-slow.png": `${png}\r\n`.padEnd(10_000, " "),
  };
  const page = await outsidePage((socket, path) => {
    const [answer, flood, trickle] = [answers[path], endless[path], slow[path]];
    if (answer !== undefined) return void socket.end(answer);
    if (flood !== undefined) return writeForEver(socket, ...flood);
    if (trickle !== undefined) {
      let at = 0;
      const timer = setInterval(() => socket.write(trickle.charAt(at++)), 20);
      return void socket.on("close", () => clearInterval(timer));
    }
    if (path.startsWith("/redirects") || path === "/image-redirects.png")
      return void socket.end(`${redirect}${path.replace(".png", "")}x\r\n\r\n`);
    if (path.startsWith("/image-")) socket.end(withImage(path));
    // Anything else gets no answer at all.
  });
  console.log(page.port);
}

if (import.meta.main) void serve();
