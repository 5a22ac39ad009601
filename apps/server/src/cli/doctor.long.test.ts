import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signUp, clientOf, befriend } from "../../test/people.ts";
import { serverProcess, type ServerProcess } from "../../test/server-process.ts";
import type { Database } from "../db/connect.ts";
import { openAsItIs } from "./doctor/database.ts";
import type { Finding } from "./doctor/finding.ts";
import { run } from "./program.ts";
import { configFrom } from "./session.ts";

let server: ServerProcess;
let database: Database;

beforeAll(async () => {
  server = await serverProcess();
  await server.start();
  const [ines, tom] = [await signUp(server.url, "ines"), await signUp(server.url, "tom")];
  await befriend(server.url, ines, tom);
  await clientOf(server.url, ines).call("messages.sendToPerson", { personId: tom.id, clientId: "a", text: "hello" });
  database = await openAsItIs(configFrom(server.env));
}, 60_000);
afterAll(async () => {
  await database.close();
  await server[Symbol.asyncDispose]();
}, 60_000);

interface Report {
  exitCode: number;
  findings: Finding[];
  text: string;
  state(what: string): Finding["state"] | undefined;
  detail(what: string): string;
}

async function doctor(env: Readonly<Record<string, string>> = server.env): Promise<Report> {
  let [stdout, stderr] = ["", ""];
  const streams = {
    env,
    stdout: { write: (text: string) => void (stdout += text) },
    stderr: { write: (text: string) => void (stderr += text) },
    readStdin: async () => "",
  };
  const exitCode = await run(["doctor", "--json"], streams);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const found = (what: string) => findings.find((one) => one.what === what);
  return {
    ...{ exitCode, findings, text: stdout + stderr },
    state: (what) => found(what)?.state,
    detail: (what) => found(what)?.detail ?? "",
  };
}

test("C56 doctor finds nothing wrong with a server that is well, and says what would make it safer", async () => {
  const report = await doctor();
  expect(report.findings.filter((one) => one.state === "wrong")).toEqual([]);
  expect(report.exitCode).toBe(0);
  expect(report.state("backup")).toBe("warning");
  for (const what of [
    "configuration",
    "data folder",
    "database",
    "schema",
    "clocks",
    "processes",
    "inboxes",
    "jobs",
    "photos",
    "photo store",
    "erasure ledger",
  ])
    expect([what, report.state(what)]).toEqual([what, "ok"]);
});

test("C56 doctor names what is broken: rows, bytes, jobs, processes, the ledger's outbox, old backups", async () => {
  const { sql } = database;
  const medium = Bun.randomUUIDv7();
  await sql`update inbox set change = -1`;
  await sql`
    insert into nodes (id, name, roles, heartbeat_at) values (${Bun.randomUUIDv7()}, 'gone-node', '{api}', now() - interval '1 hour')`;
  await sql`
    insert into renditions (media_id, name, blob_key, mime_type, width, height, size_bytes, sha256)
    values (${medium}, 'list', ${`media/${medium}/list`}, 'image/webp', 1, 1, 5, 'none')`;
  await sql`
    insert into media (id, owner_id, state, created_at) values (${medium}, ${medium}, 'processing', now() - interval '2 hours')`;
  await sql`
    insert into erasures (subject_id, seq, made_at, kind, erased_at) values (${medium}, 1, now(), 'message', now() - interval '1 hour')`;
  await sql`
    insert into meta (key, value) values ('last_backup', ${JSON.stringify({ id: medium, at: "2026-01-01T00:00:00.000Z" })})`;
  const stray = join(server.dataDir, "blobs", "media", Bun.randomUUIDv7());
  mkdirSync(stray, { recursive: true });
  writeFileSync(join(stray, "list"), "stray");
  utimesSync(join(stray, "list"), 1_700_000_000, 1_700_000_000);
  const report = await doctor();
  expect(report.exitCode).toBe(1);
  const states = ["inboxes", "photos", "erasure ledger", "processes", "jobs", "stray bytes", "backup"].map((what) => [
    what,
    report.state(what),
  ]);
  expect(states).toEqual([
    ["inboxes", "wrong"],
    ["photos", "wrong"],
    ["erasure ledger", "wrong"],
    ["processes", "warning"],
    ["jobs", "warning"],
    ["stray bytes", "warning"],
    ["backup", "warning"],
  ]);
  expect(report.detail("processes")).toContain("gone-node");
  expect(report.detail("photos")).toContain(medium);
  expect(report.detail("photos")).toStartWith("of 1 looked at");
  for (const one of report.findings) if (one.state !== "ok") expect(one.todo.length).toBeGreaterThan(15);
  await sql`delete from renditions where media_id = ${medium}`;
  await sql`delete from media where id = ${medium}`;
  await sql`delete from nodes where name = 'gone-node'`;
}, 60_000);

test("C56 doctor on a database that belongs to another version", async () => {
  const { sql } = database;
  await sql`insert into migrations (name, breaking, sha256) values ('9999-later', true, 'x')`;
  expect((await doctor()).detail("schema")).toContain("9999-later");
  await sql`delete from migrations where name = '9999-later'`;
  const [{ sha256 }] = await sql`select sha256 from migrations where name = '0001-first'`;
  await sql`update migrations set sha256 = 'other' where name = '0001-first'`;
  const changed = await doctor();
  expect([changed.exitCode, changed.state("schema")]).toEqual([1, "wrong"]);
  await sql`update migrations set sha256 = ${sha256} where name = '0001-first'`;
}, 60_000);

test("C56 doctor without what it needs: variables, folder, database, broker, store", async () => {
  const variables = await doctor({ ...server.env, SOTTO_PORT: "many", SOTTO_TRUST_PROXY: "perhaps" });
  expect(variables.exitCode).toBe(1);
  expect(variables.detail("configuration")).toStartWith("SOTTO_PORT");
  expect(variables.detail("configuration")).toContain("SOTTO_TRUST_PROXY");

  const file = join(server.dataDir, "a-file");
  writeFileSync(file, "");
  const secret = { SOTTO_SECRET: "x".repeat(32) };
  const folder = await doctor({ ...secret, SOTTO_DATA: join(file, "data") });
  expect([folder.exitCode, folder.state("data folder")]).toEqual([1, "wrong"]);

  const away = { DATABASE_URL: "postgres://sotto:hidden-password@127.0.0.1:1/none" };
  const unreachable = await doctor({ ...server.env, ...away });
  expect([unreachable.exitCode, unreachable.state("database")]).toEqual([1, "wrong"]);
  expect(unreachable.detail("database")).toContain("127.0.0.1:1: ");
  expect(unreachable.text).not.toContain("hidden-password");

  const ledger = { SOTTO_LEDGER: join(server.dataDir, "erasures") };
  const cluster = { ...server.env, ...away, ...secret, ...ledger, NATS_URL: "nats://sotto:hidden-broker@127.0.0.1:1" };
  const broker = await doctor(cluster);
  expect([broker.exitCode, broker.state("broker")]).toEqual([1, "wrong"]);
  expect(broker.text).not.toContain("hidden-broker");

  const s3 = { ...server.env, S3_URL: "s3://KEY:hidden-store@127.0.0.1:1/photos?tls=off" };
  const store = await doctor(s3);
  expect([store.exitCode, store.state("photo store")]).toEqual([1, "wrong"]);
  expect(store.text).not.toContain("hidden-store");

  chmodSync(join(server.dataDir, "secret"), 0o644);
  expect((await doctor()).state("data folder")).toBe("warning");
  chmodSync(join(server.dataDir, "secret"), 0o600);
}, 60_000);

test("C56 doctor before the first start says so, and makes nothing", async () => {
  await using fresh = await serverProcess();
  const report = await doctor(fresh.env);
  expect(report.exitCode).toBe(0);
  expect(report.detail("database")).toContain("not made yet");
  expect(readdirSync(fresh.dataDir)).toEqual([]);

  const misspelt = join(fresh.dataDir, "dta");
  const elsewhere = await doctor({ ...fresh.env, SOTTO_DATA: misspelt });
  expect([elsewhere.exitCode, elsewhere.state("data folder")]).toEqual([0, "warning"]);
  expect(existsSync(misspelt)).toBe(false);
});
