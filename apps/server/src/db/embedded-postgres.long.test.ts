import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLog } from "../log.ts";
import { openDatabase } from "./connect.ts";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "./embedded-postgres.ts";
import { isAlive } from "./postmaster.ts";

const isRoot = process.getuid?.() === 0;
const folders: string[] = [];
const postmasters: number[] = [];
const children: Bun.Subprocess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  for (const pid of postmasters) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("a start makes a cluster, a stop ends it, and the next start finds what was written", async () => {
  const dataDir = folder();
  const first = await start(dataDir);
  await query(first, "create table t (v int)", "insert into t values (7)");
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await start(dataDir);
  expect(await query(second, "select v from t")).toEqual([{ v: 7 }]);
  await second.stop();
});

test("T35 kill -9 of the server where nothing stops the database with it: the next start takes it over", async () => {
  const dataDir = folder();
  const { child, pid } = await startInChild(dataDir, { path: folderWithId() });
  child.kill("SIGKILL");
  await child.exited;
  expect(isAlive(pid)).toBe(true);
  const again = await start(dataDir);
  expect(again.pid).toBe(pid);
  expect(await query(again, "select v from t")).toEqual([{ v: 7 }]);
  await again.stop();
  expect(isAlive(pid)).toBe(false);
});

test.skipIf(Bun.which("setpriv") === null)(
  "T35 kill -9 of the server where setpriv exists: the database stops cleanly, and starts again with all it had",
  async () => {
    const dataDir = folder();
    const { child, pid } = await startInChild(dataDir, { path: process.env["PATH"] ?? "" });
    child.kill("SIGKILL");
    await child.exited;
    const again = await start(dataDir);
    expect(again.pid).not.toBe(pid);
    expect(await query(again, "select v from t")).toEqual([{ v: 7 }]);
    await again.stop();
    expect(readFileSync(join(dataDir, "postgres.log"), "utf8")).not.toContain("not properly shut down");
  },
);

test("T35 kill -9 of the postmaster: it is started again, recovers, and the pool goes on", async () => {
  const server = await start(folder());
  await using database = openDatabase({ is: "socket", ...server }, { max: 2 });
  await database.sql.unsafe("create table t (v int)");
  await database.sql`insert into t values (7)`;
  const killed = server.pid;
  process.kill(killed, "SIGKILL");
  while (server.pid === killed) await Bun.sleep(20);
  const rows = await retry(() => database.sql`select v from t`);
  expect([...rows]).toEqual([{ v: 7 }]);
  postmasters.push(server.pid);
  await server.stop();
});

test("the database is in a session of its own, so Ctrl-C does not reach it, and listens on no port", async () => {
  const server = await start(folder());
  if (existsSync(`/proc/${server.pid}/stat`)) {
    const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8")
      .replace(/^.*\) /, "")
      .split(" ");
    expect(Number(fields[3])).toBe(server.pid);
  }
  expect(await query(server, "show listen_addresses")).toEqual([{ listen_addresses: "" }]);
  await server.stop();
});

test.skipIf(!isRoot)(
  "as root (needs root) under a folder of mode 0700 the database goes to /var/lib/sotto, and the folder says where",
  async () => {
    const dataDir = folder({ mode: 0o700 });
    const server = await start(dataDir);
    const place = readFileSync(join(dataDir, "postgres.location"), "utf8").trim();
    folders.push(place);
    expect(place).toStartWith("/var/lib/sotto/");
    expect(await query(server, "show data_directory")).toEqual([{ data_directory: `${place}/postgres` }]);
    await query(server, "create table t (v int)");
    await server.stop();
    const again = await start(dataDir);
    expect(await query(again, "select v from t")).toEqual([]);
    await again.stop();
  },
);

test("a folder whose path is too long for a socket works", async () => {
  const dataDir = join(folder(), "a".repeat(60), "b".repeat(60));
  const server = await start(dataDir);
  expect(server.socketDir.length).toBeLessThan(80);
  folders.push(server.socketDir);
  await server.stop();
});

function folder(options: { mode: number } = { mode: 0o755 }): string {
  const path = mkdtempSync(join(tmpdir(), "sotto-embedded-"));
  chmodSync(path, options.mode);
  folders.push(path);
  return path;
}

/** A PATH on which `setpriv` is not found. */
function folderWithId(): string {
  const path = folder();
  for (const name of ["id", "sh"]) symlinkSync(Bun.which(name) ?? "", join(path, name));
  return path;
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: silentLog() });
  postmasters.push(server.pid);
  return server;
}

/** Another process starts the database, writes a row, says so, and stays. */
async function startInChild(dataDir: string, options: { path: string }) {
  const code = `
    import { startEmbeddedPostgres } from "${import.meta.dir}/embedded-postgres.ts";
    import { openDatabase } from "${import.meta.dir}/connect.ts";
    import { silentLog } from "${import.meta.dir}/../log.ts";
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: silentLog() });
    const database = openDatabase({ is: "socket", ...server }, { max: 1 });
    await database.sql.unsafe("create table t (v int)");
    await database.sql\`insert into t values (7)\`;
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe", env: { PATH: options.path } });
  children.push(child);
  const { value } = await child.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  postmasters.push(pid);
  return { child, pid };
}

async function query(server: EmbeddedPostgres, ...statements: string[]): Promise<unknown[]> {
  await using database = openDatabase({ is: "socket", ...server }, { max: 1 });
  let rows: unknown[] = [];
  for (const statement of statements) rows = [...(await database.sql.unsafe(statement))];
  return rows;
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries > 100) throw error;
      await Bun.sleep(50);
    }
  }
}
