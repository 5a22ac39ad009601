import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../src/db/connect.ts";
import { isAlive } from "../src/db/postmaster.ts";
import { addPeople, befriendAll, inParallel, must, type Somebody } from "./api-kit.ts";
import { startLoad, type CrashLoad, type Sender } from "./crash-load.ts";
import { freePort, ready, startCrashServer, type CrashServer } from "./crash-server.ts";
import { until } from "./people.ts";

const folders: string[] = [];
const children: Bun.Subprocess[] = [];
afterAll(async () => {
  for (const child of children) {
    child.kill("SIGINT");
    await Promise.race([child.exited, Bun.sleep(20_000)]);
    child.kill("SIGKILL");
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}, 60_000);

const pairs = 20;
const outstanding = 4;
/** What is killed, in turns; twenty in all on one folder. */
const kinds = ["server", "postmaster", "both"] as const;
const rounds = 20;

interface World {
  server: CrashServer;
  dataDir: string;
  port: number;
  senders: Sender[];
  preload?: string;
}

test("T35 R26 R13 R14 twenty times kill -9 of the server, the postmaster and both under load: nothing acknowledged is lost", async () => {
  const world = await begin({});
  const totals = { acknowledged: 0, missing: 0, misnumbered: 0, duplicated: 0, gaps: 0, changed: 0, inbox: 0 };
  const everything: CrashLoad["acknowledged"] = new Map();
  for (let round = 0; round < rounds; round++) {
    const kind = kinds[round % kinds.length] ?? "server";
    const load = await crashUnderLoad(world, kind, round);
    for (const [key, one] of load.acknowledged) everything.set(key, one);
    // What an earlier crash left has to outlive the later ones too.
    const found = {
      ...(await verify(world, { ...load, acknowledged: everything })),
      acknowledged: load.acknowledged.size,
    };
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += found[key];
    console.log(
      `T35: round ${round + 1}, kill -9 of ${kind}: ${JSON.stringify(found)}; refused meanwhile ${JSON.stringify(Object.fromEntries(load.refusals))}`,
    );
    expect([...load.refusals.keys()].filter((code) => code !== "unavailable" && code !== "internal")).toEqual([]);
  }
  console.log(`T35: ${rounds} crashes under load: ${JSON.stringify(totals)}`);
  const { acknowledged, ...faults } = totals;
  expect(acknowledged).toBeGreaterThan(rounds * 100);
  expect(faults).toEqual({ missing: 0, misnumbered: 0, duplicated: 0, gaps: 0, changed: 0, inbox: 0 });
}, 480_000);

test("T35 a planted early acknowledgement is caught", async () => {
  const world = await begin({ preload: join(import.meta.dir, "early-acknowledgement.ts") });
  // The bug loses nothing as long as nothing is killed: what is missing later, the crash took.
  const calm = startLoad({ ...world.server, senders: world.senders, outstanding, round: 99 });
  await until("the load runs", () => calm.acknowledged.size > 200, 30_000);
  await calm.finish();
  await Bun.sleep(1_000);
  expect((await verify(world, calm)).missing).toBe(0);
  let missing = 0;
  let crashes = 0;
  while (missing === 0 && crashes < 6) {
    const load = await crashUnderLoad(world, "both", crashes);
    missing += (await verify(world, load)).missing;
    crashes += 1;
  }
  console.log(
    `T35: with an acknowledgement before the commit, ${missing} acknowledged messages were missing after ${crashes} crashes`,
  );
  expect(missing).toBeGreaterThan(0);
}, 180_000);

async function begin(options: { preload?: string }): Promise<World> {
  const dataDir = mkdtempSync(join(tmpdir(), "sotto-crash-"));
  chmodSync(dataDir, 0o755);
  folders.push(dataDir);
  const port = freePort();
  const server = await start({ dataDir, port, ...options });
  await using database = server.open();
  const people = await addPeople(database, pairs * 2);
  const couples = Array.from(
    { length: pairs },
    (_, n) => [people[n * 2] as Somebody, people[n * 2 + 1] as Somebody] as const,
  );
  await befriendAll(database.sql, couples);
  const made = await inParallel(couples, 4, async ([one, other]): Promise<Sender[]> => {
    const { message } = await must(server.url, one, "messages.sendToPerson", {
      personId: other.id,
      clientId: "first",
      text: "first",
    });
    return [one, other].map((who) => ({ who, conversationId: message.conversationId }));
  });
  return { server, dataDir, port, senders: made.flat(), ...options };
}

async function start(options: { dataDir: string; port: number; preload?: string }): Promise<CrashServer> {
  const server = await startCrashServer(options);
  children.push(server.process);
  return server;
}

/** Load, the kill in the middle of it, the restart by hand where the server died, and the load's end. */
async function crashUnderLoad(world: World, kind: (typeof kinds)[number], round: number): Promise<CrashLoad> {
  const { server, senders } = world;
  const load = startLoad({ url: server.url, secret: server.secret, senders, outstanding, round });
  await until("the load runs", () => load.acknowledged.size > 200, 30_000);
  await Bun.sleep(200 + Math.random() * 400);
  const postmaster = server.postmasterPid();
  if (kind !== "server") process.kill(postmaster, "SIGKILL");
  if (kind !== "postmaster") {
    server.process.kill("SIGKILL");
    await server.process.exited;
    world.server = await start(world);
  } else {
    await until("the postmaster is gone", () => !isAlive(postmaster));
    await ready(server.url, server.process);
  }
  const before = load.acknowledged.size;
  await until("the load runs again", () => load.acknowledged.size > before + 200, 60_000);
  await load.finish();
  return load;
}

async function verify({ server }: World, load: Pick<CrashLoad, "acknowledged" | "changed">) {
  await using database = server.open();
  await inboxWritten(database);
  const { sql } = database;
  const rows: { id: string; sender_id: string; client_id: string; seq: number }[] = await sql`
    select id, sender_id, client_id, seq::int as seq from messages`;
  // By who sent it and its client id: an id is made of a place, and a place that was lost is given to another message.
  const keyOf = (row: { sender_id: string; client_id: string }) => `${row.sender_id} ${row.client_id}`;
  const stored = new Map(rows.map((row) => [keyOf(row), row]));
  const missing = [...load.acknowledged.keys()].filter((key) => !stored.has(key)).length;
  const misnumbered = [...load.acknowledged].filter(([key, { id, seq }]) => {
    const row = stored.get(key);
    return row !== undefined && (row.seq !== seq || row.id !== id);
  }).length;
  const duplicated = rows.length - stored.size;
  const [{ gaps }] = await sql`
    select count(*)::int as gaps from conversations c
    where c.last_seq <> (select count(*) from messages m where m.conversation_id = c.id)
      or c.last_seq <> (select coalesce(max(m.seq), 0) from messages m where m.conversation_id = c.id)`;
  const [{ inbox }] = await sql`
    select count(*)::int as inbox from inbox i join conversations c on c.id = i.conversation_id
    where i.last_seq <> c.last_seq or i.change <> c.last_change`;
  return {
    acknowledged: load.acknowledged.size,
    missing,
    misnumbered,
    duplicated,
    gaps,
    changed: load.changed.length,
    inbox,
  };
}

/** The inbox follows the log within 250 ms, and in a bit more on a busy machine. */
async function inboxWritten({ sql }: Database): Promise<void> {
  await until("the inbox is written", async () => {
    const behind =
      await sql`select 1 from inbox i join conversations c on c.id = i.conversation_id where i.change < c.last_change limit 1`;
    return behind.length === 0;
  }).catch(() => undefined);
}
