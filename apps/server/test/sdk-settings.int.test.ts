import { afterAll, beforeAll, expect, test } from "bun:test";
import { paths } from "@sotto/protocol/paths.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { clientOf, signUp } from "./people.ts";

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop());

test("C22: settings that were read before a change of mine, and come after its answer, do not undo it", async () => {
  const anna = await signUp(server.url, "anna");
  await using line = holdingLine(server.url);
  const laptop = clientOf(line.url, anna);
  await laptop.call("me.get", {});
  const held = line.holdNext(paths["me.get"]);
  const late = laptop.call("me.get", {});
  await held.isRead;
  await laptop.call("settings.update", { keepAcceptedOpen: true });
  held.release();
  expect((await late).settings.keepAcceptedOpen).toBe(false);
  expect(laptop.me.get()?.settings.keepAcceptedOpen).toBe(true);
});

/** A way to the server on which the answer to a command can be held up, after the server gave it. */
function holdingLine(url: string) {
  let next: { command: string; read: () => void; released: Promise<void> } | undefined;
  const proxy = Bun.serve({
    port: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const { method, headers } = request;
      const body = method === "GET" ? null : await request.arrayBuffer();
      const hold = next?.command === `${method} ${pathname}` ? next : undefined;
      if (hold) next = undefined;
      const answer = await fetch(`${url}${pathname}${search}`, { method, headers, body });
      const whole = await answer.arrayBuffer();
      hold?.read();
      await hold?.released;
      return new Response(whole, { status: answer.status, headers: { "content-type": "application/json" } });
    },
  });
  return {
    url: `http://localhost:${proxy.port}`,
    holdNext(command: string) {
      const { promise: isRead, resolve: read } = Promise.withResolvers<void>();
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      next = { command, read, released };
      return { isRead, release };
    },
    [Symbol.asyncDispose]: async () => await proxy.stop(true),
  };
}
