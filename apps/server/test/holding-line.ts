/** A way to the server on which a command can be held up: its answer, or before the server hears of it. */
export function holdingLine(url: string) {
  let next: { command: string; isBefore: boolean; read: () => void; released: Promise<void> } | undefined;
  const proxy = Bun.serve({
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
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
