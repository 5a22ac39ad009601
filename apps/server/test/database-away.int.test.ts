import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandName } from "@sotto/protocol/paths.ts";
import { isAlive } from "../src/db/postmaster.ts";
import { addTwo, befriendAll, must, openSocket, rawRequest, toHttp, type Somebody } from "./api-kit.ts";
import { freePort, ready, startCrashServer, type CrashServer } from "./crash-server.ts";
import { until } from "./people.ts";

let server: CrashServer;
let one: Somebody;
let other: Somebody;
const dataDir = mkdtempSync(join(tmpdir(), "sotto-away-"));
beforeAll(async () => {
  chmodSync(dataDir, 0o755);
  server = await startCrashServer({ dataDir, port: freePort() });
  await using database = server.open();
  [one, other] = await addTwo(database);
  await befriendAll(database.sql, [[one, other]]);
}, 60_000);
afterAll(async () => {
  server.process.kill("SIGINT");
  await server.process.exited;
  rmSync(dataDir, { recursive: true, force: true });
}, 60_000);

test("the database killed and back under load: all else is told to try again, nothing acknowledged is lost, no hand is needed", async () => {
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  const { conversationId } = message;
  using socket = await openSocket(server.url, one);
  const outcomes = new Map<string, number>();
  const acknowledged = new Set<string>();
  let running = true;
  const count = (what: string) => outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  const commands: [CommandName, (n: number) => Record<string, unknown>][] = [
    ["messages.send", (n) => ({ conversationId, clientId: `m${n}`, text: "x" })],
    ["messages.sendToPerson", (n) => ({ personId: other.id, clientId: `p${n}`, text: "x" })],
    ["me.get", () => ({})],
    ["conversations.list", () => ({})],
    ["conversations.markRead", () => ({ conversationId, seq: 1 })],
    ["sync.pull", () => ({})],
  ];
  const loops = commands.flatMap(([name, input], place) => [
    loop(async (n) => {
      const given = input(place * 1e6 + n);
      const { status, problem } = await rawRequest(server.url, { ...toHttp(name, given), token: one.token });
      count(`HTTP ${problem?.code ?? status}`);
      if (status === 201) acknowledged.add(String(given["clientId"]));
    }),
    loop(async (n) => {
      const given = input(place * 1e6 + 5e5 + n);
      const { ok, error } = await socket.call(name, given);
      count(`socket ${error?.code ?? "ok"}`);
      if (ok !== undefined && name.startsWith("messages.send")) acknowledged.add(String(given["clientId"]));
    }),
  ]);
  for (let kill = 0; kill < 2; kill++) {
    const [postmaster, before] = [server.postmasterPid(), acknowledged.size];
    await until("the load runs", () => acknowledged.size > before + 50);
    process.kill(postmaster, "SIGKILL");
    await until("it is gone", () => !isAlive(postmaster));
    await ready(server.url, server.process);
  }
  const back = acknowledged.size;
  await until("the load runs again", () => acknowledged.size > back + 50);
  running = false;
  await Promise.all(loops);
  expect(socket.isOpen()).toBe(true);
  await using database = server.open();
  const rows = await database.sql`select client_id from messages`;
  const stored = new Set(rows.map((row: { client_id: string }) => row.client_id));
  const missing = [...acknowledged].filter((id) => !stored.has(id)).length;
  console.log(
    `the database killed twice under load: ${acknowledged.size} acknowledged, ${missing} missing; outcomes ${JSON.stringify(Object.fromEntries(outcomes))}`,
  );
  expect(missing).toBe(0);
  const others = [...outcomes.keys()].filter((what) => !/ (ok|200|201|unavailable|rate_limited)$/.test(what));
  expect(others).toEqual([]);

  async function loop(step: (n: number) => Promise<void>): Promise<void> {
    for (let n = 0; running; n++) {
      await step(n);
      await Bun.sleep(5);
    }
  }
}, 120_000);
