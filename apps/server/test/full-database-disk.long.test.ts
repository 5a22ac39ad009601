import { describe, expect, test } from "bun:test";
import type { Database } from "../src/db/connect.ts";
import { drawPhoto } from "../src/media/drawn-photo.ts";
import { addTwo, befriendAll, must, rawRequest, toHttp, type Somebody } from "./api-kit.ts";
import { startLoggedServer, type LoggedServer } from "./logged-server.ts";
import { until } from "./people.ts";
import { mountMissing, smallDisk } from "./small-disk.ts";

const missing = mountMissing();
describe.skipIf(missing !== null)(`the disk of the database is full${missing === null ? "" : `: ${missing}`}`, () => {
  test("T35 everything is refused and the log says why; with room again it works without hands, and nothing acknowledged is missing", async () => {
    using disk = smallDisk({ sizeMb: 400 });
    await using server = await startLoggedServer({ dataDir: disk.dir });
    const { url } = server;
    const { one, other } = await friends(server);
    const first = { personId: other.id, clientId: "first", text: "first" };
    const { conversationId } = (await must(url, one, "messages.sendToPerson", first)).message;
    const load = sendAlways({ url, who: one, conversationId });
    const count = (code: string) => load.outcomes.get(code) ?? 0;
    await until("the load runs", () => load.acknowledged.size > 100);
    const before = server.postmasterPid();

    disk.fill();
    await until("the disk is felt", () => count("storage_full") > 20, 60_000);
    await fillLog(server.open());
    const readyz = async () => (await fetch(`${url}/readyz`)).status;
    await until("the database is down", async () => (await readyz()) === 503, 30_000);
    const whileFull = load.acknowledged.size;
    await Bun.sleep(4_000);
    const health = await fetch(`${url}/healthz`).then(({ status }) => status);
    expect([health, await readyz(), load.acknowledged.size]).toEqual([200, 503, whileFull]);

    disk.makeRoom();
    await until("it works again", () => load.acknowledged.size > whileFull + 100, 60_000);
    await load.stop();
    await sendPhoto(url, one);
    await using database = server.open();
    const rows: { client_id: string }[] = await database.sql`select client_id from messages`;
    const stored = new Set(rows.map(({ client_id }) => client_id));
    const lost = [...load.acknowledged].filter((id) => !stored.has(id)).length;
    const log = server.log().map(({ msg }) => msg);
    console.log(
      `database disk full, its log too: ${load.acknowledged.size} acknowledged, ${lost} missing; outcomes ${JSON.stringify(Object.fromEntries(load.outcomes))}; ` +
        `database process ${before === server.postmasterPid() ? "the same" : "started again"}; ${log.length} lines in the log:\n  ${[...new Set(log)].join("\n  ")}`,
    );
    expect(lost).toBe(0);
    expect([...load.outcomes.keys()].filter((what) => !/^(201|unavailable|storage_full)$/.test(what))).toEqual([]);
    expect(before).not.toBe(server.postmasterPid());
    for (const words of ["the disk of the database is full: messages are refused", "has room again", "is back"])
      expect(log.filter((line) => line.includes(words)).length).toBe(1);
    expect(log.length).toBeLessThan(60);
  }, 180_000);
});

/** The jobs work again as well. */
async function sendPhoto(url: string, who: Somebody): Promise<void> {
  const photo = await drawPhoto({ seed: 8, width: 400, height: 300 });
  const answer = await fetch(`${url}/v1/uploads`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${who.token}`,
      "tus-resumable": "1.0.0",
      "upload-length": String(photo.length),
      "content-type": "application/offset+octet-stream",
    },
    body: new Uint8Array(photo),
  });
  const mediaId = answer.headers.get("location")?.split("/").at(-1) ?? "";
  const isReady = async () => (await must(url, who, "media.get", { mediaId })).state === "ready";
  await until("a photo is ready", isReady, 60_000);
}

async function friends(server: LoggedServer): Promise<{ one: Somebody; other: Somebody }> {
  await using database = server.open();
  const [one, other] = await addTwo(database);
  await befriendAll(database.sql, [[one, other]]);
  return { one, other };
}

/** Eight senders who go on, whatever they are told. */
function sendAlways(options: { url: string; who: Somebody; conversationId: string }) {
  const { url, who, conversationId } = options;
  const outcomes = new Map<string, number>();
  const acknowledged = new Set<string>();
  let running = true;
  const text = "x".repeat(4_000);
  const loops = Array.from({ length: 8 }, async (_, place) => {
    for (let n = 0; running; n += 1) {
      const clientId = `m${place}-${n}`;
      const send = toHttp("messages.send", { conversationId, clientId, text });
      const { status, problem } = await rawRequest(url, { ...send, token: who.token });
      const what = problem?.code ?? String(status);
      outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
      if (status === 201) acknowledged.add(clientId);
      else await Bun.sleep(50);
    }
  });
  const stop = async () => {
    running = false;
    await Promise.all(loops);
  };
  return { outcomes, acknowledged, stop };
}

/** Writes to the database's own log alone, until that has no place for its next segment, which ends every process of it. */
async function fillLog(database: Database): Promise<void> {
  try {
    for (;;) await database.sql`select pg_logical_emit_message(true, 'full', repeat('x', 500000))::text`;
  } catch {
    await database.close().catch(() => {});
  }
}
