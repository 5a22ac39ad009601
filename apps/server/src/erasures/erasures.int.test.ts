import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addReadyPhotos, addTwo, befriendAll, call, must, type Somebody } from "../../test/api-kit.ts";
import { readAll } from "../adapters/ledger-contract.ts";
import { diskLedger } from "../adapters/ledger-disk.ts";
import { startApp } from "../app.ts";
import { silentLog } from "../log.ts";
import { startTestServer, testConfig, type TestServer } from "../test-server.ts";

let server: TestServer;
let ledgerDir: string;
beforeAll(async () => {
  ledgerDir = join(await mkdtemp(join(tmpdir(), "sotto-erasures-")), "ledger");
  server = await startTestServer({
    config: { operations: { metricsToken: undefined, tracesUrl: undefined, ledgerDir, backupKey: undefined } },
  });
}, 60_000);
afterAll(async () => {
  await server.stop();
  await rm(join(ledgerDir, ".."), { recursive: true, force: true });
}, 60_000);

async function friends(): Promise<{ one: Somebody; conversationId: string }> {
  const [one, other] = await addTwo(server.database);
  await befriendAll(server.database.sql, [[one, other]]);
  const first = { personId: other.id, clientId: "first", text: "first" };
  return { one, conversationId: (await must(server.url, one, "messages.sendToPerson", first)).message.conversationId };
}

const place = (conversationId: string, seq: number) => `${conversationId}/${seq}`;
const inLedger = async () =>
  new Set(
    (await readAll(diskLedger({ dir: ledgerDir }))).map((entry) =>
      entry.kind === "message" ? place(entry.conversationId, entry.seq) : entry.kind === "medium" ? entry.mediaId : "",
    ),
  );
const outbox = async () => (await server.database.sql`select 1 from erasures`).length;

test("R9 an acknowledged unsend is in the ledger, whatever happens after the answer", async () => {
  const { one, conversationId } = await friends();
  const sent = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const message = { conversationId, clientId: `c${n}`, text: `text ${n}` };
      return await must(server.url, one, "messages.send", message);
    }),
  );
  const missing = await Promise.all(
    sent.map(async ({ id, seq }) => {
      await must(server.url, one, "messages.unsend", { conversationId, messageId: id });
      return (await inLedger()).has(place(conversationId, seq)) ? 0 : 1;
    }),
  );
  console.log(
    `R9: ${sent.length} unsends at once, ${missing.filter((one) => one === 1).length} answered before the ledger had them`,
  );
  expect(missing.filter((one) => one === 1)).toEqual([]);
  expect(await outbox()).toBe(0);
});

test("R9 a removed photo is in the ledger when its owner gets the answer", async () => {
  const { one } = await friends();
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  await must(server.url, one, "media.remove", { mediaId });
  expect((await inLedger()).has(mediaId)).toBe(true);
});

test("R9 a photo that its owner deletes by tus is in the ledger with the answer", async () => {
  const { one } = await friends();
  const [mediaId = ""] = await addReadyPhotos(server.database.sql, [one.id]);
  const headers = { authorization: `Bearer ${one.token}`, "tus-resumable": "1.0.0" };
  const answer = await fetch(`${server.url}/v1/uploads/${mediaId}`, { method: "DELETE", headers });
  expect(answer.status).toBe(204);
  expect((await inLedger()).has(mediaId)).toBe(true);
});

test("R9 without its ledger an unsend is not acknowledged, and the same unsend again is, once the ledger is back", async () => {
  const { one, conversationId } = await friends();
  const { id, seq } = await must(server.url, one, "messages.send", { conversationId, clientId: "x", text: "x" });
  rmSync(ledgerDir, { recursive: true });
  writeFileSync(ledgerDir, "a file where the folder belongs");
  const refused = await call(server.url, one, "messages.unsend", { conversationId, messageId: id });
  expect(refused.problem?.code).toBe("unavailable");
  expect(await outbox()).toBe(1);
  rmSync(ledgerDir);
  expect((await call(server.url, one, "messages.unsend", { conversationId, messageId: id })).status).toBe(200);
  expect((await inLedger()).has(place(conversationId, seq))).toBe(true);
  expect(await outbox()).toBe(0);
});

test("R9 what a crash kept from the ledger is there soon after the next start", async () => {
  const conversationId = Bun.randomUUIDv7();
  await server.database.sql`
    insert into erasures (subject_id, seq, made_at, kind, erased_at) values (${conversationId}, 7, now(), 'message', now())`;
  const operations = { metricsToken: undefined, tracesUrl: undefined, ledgerDir, backupKey: undefined };
  const config = testConfig({ dataDir: join(server.dataDir, "next"), config: { operations } });
  const next = await startApp({ config, database: server.database, log: silentLog() });
  await next.stop();
  expect((await inLedger()).has(place(conversationId, 7))).toBe(true);
  expect(await outbox()).toBe(0);
});
