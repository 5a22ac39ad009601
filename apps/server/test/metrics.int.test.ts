import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { startTestServer, type TestServer } from "../src/test-server.ts";
import { addTwo, befriendAll, call, must, openSocket } from "./api-kit.ts";
import { uploadPhoto } from "./upload-photo.ts";
import { until } from "./people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
}, 60_000);
afterAll(async () => await server.stop(), 60_000);

/** Every value by its name and labels, as Prometheus reads them; throws on a line that it could not read. */
async function scrape(): Promise<Map<string, number>> {
  const answer = await fetch(`${server.url}/metrics`);
  expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const values = new Map<string, number>();
  for (const line of (await answer.text()).split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value] = /^([a-zA-Z_:][\w:]*(?:\{\w+="[^"\\]*"(?:,\w+="[^"\\]*")*\})?) (\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`not a line of metrics: ${line}`);
    if (values.has(name)) throw new Error(`twice: ${name}`);
    values.set(name, value === "Nan" ? Number.NaN : Number(value));
  }
  return values;
}

test("C56 what happens is counted: commands, commits, sockets, frames, inbox, uploads, photos, refusals", async () => {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const before = await scrape();
  const grew = (after: Map<string, number>, name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const sent = await must(server.url, one, "messages.sendToPerson", { personId: other.id, clientId: "a", text: "a" });
  const { conversationId } = sent.message;
  using socket = await openSocket(server.url, one);
  const open = await scrape();
  await Promise.all(
    Array.from(
      { length: 40 },
      async (_, n) => await socket.call("messages.send", { conversationId, clientId: `m${n}`, text: "x" }),
    ),
  );
  socket.sendText("not a frame");
  await until("the frame is answered", () => socket.problems.length === 1);
  const bytes = await drawPhoto({ seed: 1, width: 64, height: 48 });
  await uploadPhoto(server.url, one, bytes);
  expect((await call(server.url, one, "messages.list", { conversationId: one.id })).problem?.code).toBe("not_found");
  const { id: messageId } = sent.message;
  await must(server.url, one, "messages.unsend", { conversationId, messageId });
  await until("the inbox is written", async () => grew(await scrape(), "sotto_inbox_rows_written_total") >= 2);
  const after = await scrape();
  expect(grew(after, "sotto_messages_committed_total")).toBe(41);
  expect(grew(after, 'sotto_commands_total{command="messages.send",outcome="ok"}')).toBe(40);
  expect(grew(after, 'sotto_commands_total{command="messages.list",outcome="refused"}')).toBe(1);
  expect(grew(after, 'sotto_refusals_total{code="not_found"}')).toBe(1);
  expect(grew(after, "sotto_batch_messages_sum")).toBe(40);
  expect(grew(after, "sotto_commit_seconds_count")).toBeGreaterThan(0);
  expect(grew(after, 'sotto_command_seconds_count{command="messages.unsend"}')).toBe(1);
  expect(grew(open, "sotto_sockets_open")).toBe(1);
  expect(grew(after, "sotto_socket_frames_in_total")).toBe(41);
  expect(grew(after, "sotto_socket_frames_out_total")).toBeGreaterThanOrEqual(41);
  expect(grew(after, "sotto_malformed_frames_total")).toBe(1);
  expect(grew(after, "sotto_upload_bytes_total")).toBe(bytes.length);
  expect(grew(after, 'sotto_photo_jobs_total{outcome="ready"}')).toBe(1);
  expect(grew(after, "sotto_erasures_shipped_total")).toBe(1);
  expect(after.get("sotto_database_up")).toBe(1);
  expect(after.get("sotto_jobs_waiting")).toBe(0);
  expect(after.get("process_cpu_seconds_total")).toBeGreaterThan(0);
}, 60_000);

test("C56 every metric that an alert names is there, and every alert says what to do", async () => {
  const there = [...(await scrape()).keys()].map((name) => name.replace(/\{.*/, ""));
  const text = readFileSync(join(import.meta.dir, "../../../ops/prometheus/alerts.yml"), "utf8");
  const { groups } = Bun.YAML.parse(text) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  const named = rules.flatMap(({ expr }) => expr.match(/\b(?:sotto|process)_[a-z_]+/g) ?? []);
  const missing = [...new Set(named)].filter((name) => !there.includes(name));
  console.log(`${rules.length} alerts name ${new Set(named).size} metrics, ${missing.length} of them are not there`);
  expect(missing).toEqual([]);
  expect(new Set(named).size).toBeGreaterThan(10);
  for (const { alert, expr, annotations } of rules) {
    expect([alert, expr]).not.toContain(undefined);
    expect(annotations?.action?.length ?? 0).toBeGreaterThan(20);
  }
});

interface Rule {
  alert?: string;
  expr: string;
  annotations?: { summary?: string; action?: string };
}

test("C56 /metrics is there for this machine, or for who has the token, and for nobody else", async () => {
  const ask = async (url: string, headers: Record<string, string> = {}) =>
    (await fetch(`${url}/metrics`, { headers })).status;
  const forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-proto"];
  const through = await Promise.all(forwarded.map(async (name) => await ask(server.url, { [name]: "203.0.113.7" })));
  expect(await ask(server.url)).toBe(200);
  expect(through).toEqual(forwarded.map(() => 404));
  const names = ["evil.example", "localhost", "[::1]", "this-machine"];
  const asked = await Promise.all(names.map(async (host) => await ask(server.url, { host: `${host}:4600` })));
  expect(asked).toEqual([404, 200, 200, 200]);
  const metricsToken = "a token of sixteen";
  const operations = { metricsToken, tracesUrl: undefined, ledgerDir: undefined, backupKey: undefined };
  await using guarded = await startTestServer({ config: { operations } });
  const wrong = ["", "Bearer ", `Bearer ${metricsToken}x`, metricsToken, `bearer ${metricsToken}`];
  const refused = await Promise.all(wrong.map(async (authorization) => await ask(guarded.url, { authorization })));
  console.log(
    `/metrics: ${refused.length + through.length} wrong callers, ${[...refused, ...through].filter((status) => status === 200).length} answered`,
  );
  expect(refused).toEqual(wrong.map(() => 404));
  const right = { authorization: `Bearer ${metricsToken}` };
  expect(await ask(guarded.url, right)).toBe(200);
  expect(await ask(guarded.url, { ...right, "x-forwarded-for": "203.0.113.7" })).toBe(200);
}, 60_000);
