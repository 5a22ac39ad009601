import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The built app in a folder of its own, in front of a server: there, a newer one can be released. */
export interface Releases extends AsyncDisposable {
  url: string;
  /** Every script under a new name, as a build would give it, and `data-release="2"` on the page. */
  next(): Promise<void>;
  /** From now on sockets are closed with this code, those that are open too. */
  refuseSockets(code: number): void;
}

interface Pipe {
  address: string;
  up: WebSocket | null;
}

const dist = fileURLToPath(new URL("../../apps/web/dist", import.meta.url));

/** @param behind the server's address: everything that is not a file of the app is its to answer. */
export async function openReleases(behind: string): Promise<Releases> {
  const folder = await mkdtemp(join(tmpdir(), "sotto-releases-"));
  await cp(dist, folder, { recursive: true });
  const sockets = new Set<Bun.ServerWebSocket<Pipe>>();
  let refusal: number | null = null;
  const server = Bun.serve<Pipe>({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, own) {
      const { pathname, search } = new URL(request.url);
      const address = `${behind}${pathname}${search}`;
      if (request.headers.get("upgrade") === "websocket") {
        return own.upgrade(request, { data: { address, up: null } }) ? undefined : new Response(null, { status: 400 });
      }
      return pathname.startsWith("/v1/") ? await passOn(request, { address, behind }) : await file(folder, pathname);
    },
    websocket: {
      open(socket) {
        sockets.add(socket);
        if (refusal !== null) return socket.close(refusal);
        const up = new WebSocket(socket.data.address.replace("http", "ws"));
        up.addEventListener("message", ({ data }) => void socket.send(String(data)));
        up.addEventListener("close", () => socket.close());
        socket.data.up = up;
      },
      message: (socket, text) => socket.data.up?.send(String(text)),
      close(socket) {
        sockets.delete(socket);
        socket.data.up?.close();
      },
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    next: () => renameAll(folder),
    refuseSockets(code) {
      refusal = code;
      for (const socket of sockets) socket.close(code);
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function passOn(request: Request, { address, behind }: { address: string; behind: string }): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete("host");
  if (headers.has("origin")) headers.set("origin", behind);
  const body = request.body === null ? undefined : await request.arrayBuffer();
  const answer = await fetch(address, { method: request.method, headers, ...(body && { body }), redirect: "manual" });
  const passed = new Headers(answer.headers);
  // It comes out of `fetch` unpacked.
  passed.delete("content-encoding");
  passed.delete("content-length");
  return new Response(answer.body, { status: answer.status, headers: passed });
}

async function file(folder: string, pathname: string): Promise<Response> {
  const asked = Bun.file(join(folder, pathname));
  const headers = { "cache-control": "no-cache" };
  if (pathname !== "/" && (await asked.exists())) return new Response(asked, { headers });
  if (pathname.includes(".")) return new Response(null, { status: 404 });
  return new Response(Bun.file(join(folder, "index.html")), { headers });
}

async function renameAll(folder: string): Promise<void> {
  const paths = await readdir(folder, { recursive: true });
  const named = paths.filter((path) => /^assets\/.*\.js$/u.test(path)).map((path) => path.slice("assets/".length, -3));
  const everyName = new RegExp(`(?<![\\w-])(?:${named.join("|")})\\.js`, "gu");
  for (const path of paths.filter((one) => /\.(?:js|html)$/u.test(one))) {
    const text = await readFile(join(folder, path), "utf8");
    const next = text
      .replaceAll(everyName, (name) => `${name.slice(0, -3)}-2.js`)
      .replace('<html lang="en"', '<html lang="en" data-release="2"')
      .replace(/(url:"index\.html",revision:")\w+/u, "$1second");
    await writeFile(join(folder, path), next);
  }
  for (const name of named) await rename(join(folder, `assets/${name}.js`), join(folder, `assets/${name}-2.js`));
}
