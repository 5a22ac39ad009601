import { afterAll, beforeAll, expect, test } from "bun:test";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must } from "./api-kit.ts";
import { uploadPhoto } from "./upload-photo.ts";

interface Span {
  name: string;
  spanId: string;
  traceId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

const received: Span[] = [];
let raw = "";
let collector: ReturnType<typeof Bun.serve>;
let server: TestServer;

beforeAll(async () => {
  collector = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const text = await request.text();
      raw += text;
      const { resourceSpans } = JSON.parse(text) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
      received.push(...resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)));
      return Response.json(new URL(request.url).pathname === "/v1/traces" ? {} : { wrong: "path" });
    },
  });
  const tracesUrl = `http://127.0.0.1:${collector.port}`;
  const operations = { metricsToken: undefined, tracesUrl, ledgerDir: undefined, backupKey: undefined };
  server = await startTestServer({ config: { operations } });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await collector.stop(true);
}, 60_000);

test("C56 traces by OTLP over HTTP: command, batch with its steps, job with its child; no word of anybody's", async () => {
  const canary = "CANARY in a trace";
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const first = { personId: other.id, clientId: "a", text: canary };
  const { message } = await must(server.url, one, "messages.sendToPerson", first);
  const { conversationId } = message;
  await must(server.url, one, "messages.send", { conversationId, clientId: "b", text: canary });
  await uploadPhoto(server.url, one, await drawPhoto({ seed: 1, width: 64, height: 48 }));
  const refused = await call(server.url, one, "messages.list", { conversationId: other.id });
  await server.stop();
  const named = (name: string) => received.filter((span) => span.name === name);
  const inside = (name: string, outer: string) =>
    named(name).some((span) =>
      named(outer).some((around) => around.spanId === span.parentSpanId && around.traceId === span.traceId),
    );
  const values = (span: Span | undefined) =>
    Object.fromEntries((span?.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
  expect(inside("facts", "sends")).toBe(true);
  expect(inside("commit", "sends")).toBe(true);
  expect(inside("publish", "sends")).toBe(true);
  expect(inside("photo child", "job media:process")).toBe(true);
  expect(named("messages.send")).toHaveLength(1);
  expect(values(named("messages.list")[0])).toEqual({
    "sotto.request_id": refused.problem?.requestId ?? "",
    "sotto.refused": "not_found",
  });
  console.log(`${received.length} spans received, ${raw.includes("CANARY") ? 1 : 0} with a word of somebody's`);
  expect(raw.includes("CANARY")).toBe(false);
}, 60_000);

test("C56 without the setting no part of the exporter is loaded", async () => {
  const loaded = async (tracesUrl: string) => {
    const child = Bun.spawn([process.execPath, "-e", startAndCount(tracesUrl)], {
      cwd: import.meta.dir,
      stdout: "pipe",
      stderr: "inherit",
    });
    return Number(/loaded (\d+)/.exec(await new Response(child.stdout).text())?.[1]);
  };
  expect(await loaded("undefined")).toBe(0);
  // So that the counting is known to count.
  expect(await loaded('"http://127.0.0.1:1"')).toBeGreaterThan(0);
}, 60_000);

function startAndCount(tracesUrl: string): string {
  return `
    let loaded = 0;
    Bun.plugin({
      name: "count",
      setup(build) {
        build.onLoad({ filter: /@opentelemetry.(sdk|exporter|otlp)/ }, async ({ path }) => {
          loaded += 1;
          return { contents: await Bun.file(path).text(), loader: "js" };
        });
      },
    });
    const { startTraces } = await import("../src/telemetry/traces.ts");
    await import("../src/app.ts");
    await startTraces(${tracesUrl}, { onError() {} });
    console.log("loaded " + loaded);
    process.exit();`;
}
