import { afterAll, beforeAll, expect, test } from "bun:test";
import type { CommandName } from "@sotto/protocol/paths.ts";
import type { Database } from "../src/db/connect.ts";
import { testDatabase } from "../src/test-database.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addPeople, addTwo, befriendAll, must, openSocket, rawRequest, toHttp, type Somebody } from "./api-kit.ts";
import { residentMb } from "./bystanders.ts";
import { until } from "./people.ts";
import { serverProcess, type ServerProcess } from "./server-process.ts";
import { slowLine, type SlowLine } from "./slow-line.ts";

let server: ServerProcess;
/** Past the slow line. */
let database: Database;
let line: SlowLine;
beforeAll(async () => {
  database = await testDatabase();
  const at = database.pgConfig;
  if (!("host" in at)) throw new Error("the test's database has no socket");
  line = await slowLine(`${at.host}/.s.PGSQL.${at.port}`);
  server = await serverProcess({
    DATABASE_URL: `postgres://${at.user}@127.0.0.1:${line.port}/${at.database}`,
    SOTTO_LIMIT_SENDS_PER_SECOND: "1000000",
    SOTTO_LOG: "silent",
  });
  await server.start();
}, 60_000);
afterAll(async () => {
  line.delayMs = 0;
  await server[Symbol.asyncDispose]();
  await line[Symbol.asyncDispose]();
  await database.close();
}, 60_000);

const slowMs = 5_000;
const slowForMs = 16_000;

test("T35 R26 a database that answers in 5 s: readiness says so, nobody waits without end, nothing acknowledged is lost, and all is well after it", async () => {
  const [one, other] = await addTwo(database);
  await befriendAll(database.sql, [[one, other]]);
  const { message } = await must(server.url, one, "messages.sendToPerson", {
    personId: other.id,
    clientId: "first",
    text: "first",
  });
  const { conversationId } = message;
  const load = await startLoad(one, conversationId);
  await until("the load runs", () => load.acknowledged.size > 50);
  const beforeMb = residentMb(server.pid());
  let mostMb = beforeMb;
  line.delayMs = slowMs;
  const startedMs = performance.now();
  const ready = new Map<string, number[]>();
  const photo = upload(other);
  const flood = floodOf(other, conversationId);
  while (performance.now() - startedMs < slowForMs) {
    const askedMs = performance.now();
    const { status } = await fetch(`${server.url}/readyz`, { signal: AbortSignal.timeout(20_000) });
    ready.set(String(status), [...(ready.get(String(status)) ?? []), performance.now() - askedMs]);
    mostMb = Math.max(mostMb, residentMb(server.pid()));
    await Bun.sleep(500);
  }
  const during = load.acknowledged.size;
  line.delayMs = 0;
  const liftedMs = performance.now();
  await until("it is ready again", async () => (await fetch(`${server.url}/readyz`)).status === 200, 60_000);
  const readyMs = performance.now() - liftedMs;
  await until("the load runs again", () => load.acknowledged.size > during + 50, 60_000);
  const runsMs = performance.now() - liftedMs;
  const floods = await flood;
  const mediaId = await photo;
  await until(
    "the photo is ready",
    async () => (await must(server.url, other, "media.get", { mediaId })).state === "ready",
    60_000,
  );
  const outcomes = await load.stop();
  const rows = await database.sql`select client_id from messages where conversation_id = ${conversationId}`;
  const stored = rows.map((row: { client_id: string }) => row.client_id);
  for (const id of floods.acknowledged) load.acknowledged.add(id);
  const missing = [...load.acknowledged].filter((id) => !stored.includes(id)).length;
  const twice = stored.length - new Set(stored).size;
  const inWords = [...ready]
    .map(
      ([status, times]) => `${times.length} times ${status} after at most ${(Math.max(...times) / 1000).toFixed(1)} s`,
    )
    .join(", ");
  console.log(
    `a database that answers in ${slowMs / 1000} s for ${slowForMs / 1000} s: /readyz ${inWords}; ${load.acknowledged.size} acknowledged, ${missing} missing, ${twice} stored twice; outcomes ${JSON.stringify(Object.fromEntries(outcomes))}; of 200 sends at once ${JSON.stringify(Object.fromEntries(floods.outcomes))}; ready ${(readyMs / 1000).toFixed(1)} s and sending ${(runsMs / 1000).toFixed(1)} s after it; memory ${beforeMb.toFixed(0)} MB before, ${mostMb.toFixed(0)} at most`,
  );
  expect({ missing, twice }).toEqual({ missing: 0, twice: 0 });
  expect(ready.has("503")).toBe(true);
  expect(
    [...outcomes.keys(), ...floods.outcomes.keys()].filter(
      (what) => !/ (ok|200|201|unavailable|rate_limited)$/.test(what),
    ),
  ).toEqual([]);
}, 180_000);

/** Sends and reads, over both doors, one after the other on each. */
async function startLoad(who: Somebody, conversationId: string) {
  const socket = await openSocket(server.url, who);
  const outcomes = new Map<string, number>();
  const acknowledged = new Set<string>();
  let running = true;
  const count = (what: string) => void outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  const loop = async (step: (n: number) => Promise<void>) => {
    for (let n = 0; running; n++) {
      await step(n);
      await Bun.sleep(10);
    }
  };
  const commands: [CommandName, (n: number) => Record<string, unknown>][] = [
    ["messages.send", (n) => ({ conversationId, clientId: `m${n}`, text: "x" })],
    ["messages.list", () => ({ conversationId })],
    ["conversations.list", () => ({})],
    ["sync.pull", () => ({})],
  ];
  const loops = commands.flatMap(([name, input], place) => [
    loop(async (n) => {
      const given = input(place * 1e6 + n);
      const { status, problem } = await rawRequest(server.url, { ...toHttp(name, given), token: who.token });
      count(`HTTP ${problem?.code ?? status}`);
      if (status === 201) acknowledged.add(String(given["clientId"]));
    }),
    loop(async (n) => {
      const given = input(place * 1e6 + 5e5 + n);
      const { ok, error } = await socket.call(name, given);
      count(`socket ${error?.code ?? "ok"}`);
      if (ok !== undefined && name === "messages.send") acknowledged.add(String(given["clientId"]));
    }),
  ]);
  return {
    acknowledged,
    async stop() {
      running = false;
      await Promise.all(loops);
      socket.close();
      return outcomes;
    },
  };
}

/** 200 sends of one person at once: the queue takes its limit and refuses the rest aloud. */
async function floodOf(who: Somebody, conversationId: string) {
  const outcomes = new Map<string, number>();
  const acknowledged = new Set<string>();
  const [fresh] = (await addPeople(database, 1)) as [Somebody];
  await befriendAll(database.sql, [[who, fresh]]);
  const sends = Array.from({ length: 200 }, async (_, n) => {
    const clientId = `flood${n}`;
    const request = toHttp("messages.send", { conversationId, clientId, text: "y".repeat(5_000) });
    const { status, problem } = await rawRequest(server.url, { ...request, token: who.token });
    const what = `HTTP ${problem?.code ?? status}`;
    outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
    if (status === 201) acknowledged.add(clientId);
  });
  await Promise.all(sends);
  return { outcomes, acknowledged };
}

/** Begun while the database is slow; answers the medium's id. */
async function upload(who: Somebody): Promise<string> {
  const body = new Uint8Array(await drawPhoto({ seed: 9, width: 320, height: 240 }));
  for (;;) {
    const created = await fetch(`${server.url}/v1/uploads`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${who.token}`,
        "tus-resumable": "1.0.0",
        "upload-length": String(body.length),
        "content-type": "application/offset+octet-stream",
      },
      body,
    });
    const location = created.headers.get("location");
    if (location !== null && created.status < 300) return location.split("/").at(-1) ?? "";
    await Bun.sleep(1_000);
  }
}
