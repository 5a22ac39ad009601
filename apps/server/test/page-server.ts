import { outsidePage, type OutsidePage } from "../src/guard/outside-page.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";

/** For tests: a small site of somebody else's, with pages and a picture. `requests` says who was asked for what. */
export interface PageServer extends OutsidePage {
  /** What a page answers from now on, with its headers. */
  pages: Map<string, string | Uint8Array>;
  /** How often a path was asked for. */
  asked(path: string): number;
}

export async function pageServer(): Promise<PageServer> {
  const pages = new Map<string, string | Uint8Array>();
  const asked = new Map<string, number>();
  const photo = await drawPhoto({ seed: 7, width: 1200, height: 630 });
  pages.set("/photo.jpg", photo);
  const page = await outsidePage((socket, path) => {
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const body = pages.get(path);
    if (body === undefined) return void socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const type = typeof body === "string" ? "text/html; charset=utf-8" : "image/jpeg";
    socket.write(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
    socket.end(bytes);
  });
  pages.set(
    "/story",
    htmlPage({ title: "A walk by the harbour", description: "Forty photos of one grey morning.", image: "/photo.jpg" }),
  );
  return Object.assign(page, { pages, asked: (path: string) => asked.get(path) ?? 0 });
}

export function htmlPage(of: { title: string; description?: string; siteName?: string; image?: string }): string {
  const meta = (name: string, value: string | undefined) =>
    value === undefined ? "" : `<meta property="og:${name}" content="${Bun.escapeHTML(value)}">`;
  return `<!doctype html><html><head><title>${Bun.escapeHTML(of.title)}</title>${meta("title", of.title)}${meta(
    "description",
    of.description,
  )}${meta("site_name", of.siteName)}${meta("image", of.image)}</head><body><p>Hello</p></body></html>`;
}
