/** A way to the server on which a command can be held up: its answer, or before the server hears of it. Sockets pass, where asked for. */
export function holdingLine(url: string, { sockets = false } = {}) {
  let next: { command: string; isBefore: boolean; read: () => void; released: Promise<void> } | undefined;
  const proxy = Bun.serve<Socket>({
    port: 0,
    websocket: passing,
    async fetch(request, listener) {
      const { pathname, search } = new URL(request.url);
      const data = { target: `${url.replace("http", "ws")}${pathname}${search}` };
      if (sockets && request.headers.has("upgrade") && listener.upgrade(request, { data })) return undefined;
      const { method, headers } = request;
      const body = method === "GET" ? null : await request.arrayBuffer();
      const hold = next?.command === `${method} ${pathname}` ? next : undefined;
      const wait = async () => {
        hold?.read();
        await hold?.released;
      };
      if (hold) next = undefined;
      if (hold?.isBefore) await wait();
      const answer = await fetch(`${url}${pathname}${search}`, { method, headers, body });
      const whole = await answer.arrayBuffer();
      await wait();
      return new Response(whole, { status: answer.status, headers: { "content-type": "application/json" } });
    },
  });
  return {
    url: `http://localhost:${proxy.port}`,
    holdNext(command: string, options: { before?: boolean } = {}) {
      const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      next = { command, isBefore: options.before === true, read, released };
      return { isRead, release };
    },
    [Symbol.asyncDispose]: async () => await proxy.stop(true),
  };
}

interface Socket {
  target: string;
  far?: WebSocket;
}

/** The server speaks first, so nothing comes before the far end is open. */
const passing: Bun.WebSocketHandler<Socket> = {
  open(near) {
    const far = new WebSocket(near.data.target);
    far.addEventListener("message", ({ data }) => void near.send(String(data)));
    far.addEventListener("close", ({ code, reason }) => near.close(code, reason));
    near.data.far = far;
  },
  message: (near, text) => near.data.far?.send(text),
  close: (near) => near.data.far?.close(),
};
