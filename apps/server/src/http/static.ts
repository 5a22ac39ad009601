import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

/**
 * The built web app. Every file is listed at the start, so a path from outside is only ever looked up in a table.
 * What is no file and looks like a page gets `index.html`: the app itself knows its addresses. Null: not ours to answer.
 */
export function staticFiles(dir: string): (path: string, request: Request) => Response | null {
  const files = new Map(
    listFiles(dir).map((file) => [`/${relative(dir, file).split(sep).join("/")}`, once(() => load(file))]),
  );
  const index = files.get("/index.html");
  return (path, request) => {
    if (request.method !== "GET" && request.method !== "HEAD") return null;
    const file = path === "/" ? undefined : files.get(path);
    if (file !== undefined) return answer(file(), request, cachingOf(path));
    if (!isPage(path)) return null;
    return index === undefined ? notBuilt() : answer(index(), request, cachingOf("/index.html"));
  };
}

/**
 * Everything comes from here, and nothing runs but the app's own files (T12, T13, T20). `connect-src 'self'` covers the
 * socket at the same host.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // A link in a message, only shown, would tell the resolver its host.
  "x-dns-prefetch-control": "off",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
};

interface StaticFile {
  type: string;
  etag: string;
  plain: Uint8Array<ArrayBuffer>;
  brotli: Uint8Array<ArrayBuffer> | undefined;
}

const compressible = /\.(html|js|css|svg|json|webmanifest|txt)$/;
const compressFromBytes = 1024;

function load(path: string): StaticFile {
  const plain = new Uint8Array(readFileSync(path));
  const worthIt = compressible.test(path) && plain.byteLength >= compressFromBytes;
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
  return {
    type: path.endsWith(".webmanifest") ? "application/manifest+json" : Bun.file(path).type,
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 27)}"`,
    plain,
    brotli: worthIt ? new Uint8Array(brotliCompressSync(plain, options)) : undefined,
  };
}

function answer(file: StaticFile, request: Request, caching: string): Response {
  const headers = { ...pageHeaders, "cache-control": caching, etag: file.etag, vary: "accept-encoding" };
  if (request.headers.get("if-none-match")?.includes(file.etag)) return new Response(null, { status: 304, headers });
  const takesBrotli = /\bbr\b/.test(request.headers.get("accept-encoding") ?? "");
  const body = (takesBrotli && file.brotli) || file.plain;
  return new Response(request.method === "HEAD" ? null : body, {
    headers: {
      ...headers,
      "content-type": file.type,
      "content-length": String(body.byteLength),
      ...(body !== file.plain && { "content-encoding": "br" }),
    },
  });
}

/** Names under /assets/ carry a hash of their contents; the rest is asked for again each time, and costs a 304. */
function cachingOf(path: string): string {
  return path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

/** A page's address has no file ending, and is not the API's. */
function isPage(path: string): boolean {
  if (path === "/index.html") return true;
  return !/\.[^/]*$/.test(path) && !/^\/(v1|assets)(\/|$)/.test(path);
}

function notBuilt(): Response {
  return new Response("The web app is not built yet: npm run setup -- --web\n", {
    status: 503,
    headers: { ...pageHeaders, "content-type": "text/plain; charset=utf-8" },
  });
}

/** Hidden files are the build's own business. */
function listFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith(".")) return [];
    const path = join(dir, entry.name);
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
