import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, readPostmaster } from "./db/postmaster.ts";

const folders: string[] = [];
const servers: Bun.Subprocess[] = [];
afterAll(() => {
  for (const server of servers) server.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("starts, refuses a second start politely, and stops everything it started, the database too", async () => {
  const place = newPlace();
  const server = await startServer(place);
  const postmaster = readPostmaster(join(place.dataDir, "postgres"))?.pid ?? 0;
  expect(isAlive(postmaster)).toBe(true);

  const second = run(place);
  expect(await second.exited).toBe(1);
  const refused = await new Response(second.stderr).text();
  expect(refused).toContain(`already running at http://127.0.0.1:${place.port} (process ${server.pid})`);
  expect(refused).toContain("another SOTTO_DATA");

  server.kill("SIGINT");
  expect(await server.exited).toBe(0);
  expect(isAlive(postmaster)).toBe(false);

  const startedMs = performance.now();
  const again = await startServer(place);
  console.log(`a second start answered /readyz after ${Math.round(performance.now() - startedMs)} ms`);
  again.kill("SIGTERM");
  expect(await again.exited).toBe(0);
}, 60_000);

test("T35 after kill -9 the next start works at once", async () => {
  const place = newPlace();
  const server = await startServer(place);
  server.kill("SIGKILL");
  await server.exited;
  const again = await startServer(place);
  again.kill("SIGINT");
  expect(await again.exited).toBe(0);
}, 60_000);

test("a stop while it is still starting leaves nothing running", async () => {
  const place = newPlace();
  const server = run(place);
  while (readPostmaster(join(place.dataDir, "postgres")) === undefined && server.exitCode === null) await Bun.sleep(5);
  server.kill("SIGINT");
  await server.exited;
  expect(readPostmaster(join(place.dataDir, "postgres"))).toBeUndefined();
}, 60_000);

test("a port that is taken, and a variable that is wrong, are named", async () => {
  const place = newPlace();
  const squatter = Bun.listen({ hostname: "127.0.0.1", port: place.port, socket: { data() {} } });
  const blocked = run(place);
  expect(await blocked.exited).toBe(1);
  expect(await new Response(blocked.stdout).text()).toContain(`Port ${place.port} is taken`);
  squatter.stop(true);

  const wrong = run(place, { SOTTO_PORT: "many" });
  expect(await wrong.exited).toBe(2);
  expect(await new Response(wrong.stderr).text()).toContain("SOTTO_PORT: needs a whole number");
}, 60_000);

interface Place {
  dataDir: string;
  port: number;
}

function newPlace(): Place {
  const dataDir = mkdtempSync(join(tmpdir(), "sotto-main-"));
  chmodSync(dataDir, 0o755);
  folders.push(dataDir);
  return { dataDir, port: freePort() };
}

function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = probe;
  probe.stop(true);
  return port;
}

function run(place: Place, env: Record<string, string> = {}) {
  const server = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts")], {
    env: { PATH: process.env["PATH"] ?? "", SOTTO_DATA: place.dataDir, SOTTO_PORT: String(place.port), ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
  servers.push(server);
  return server;
}

async function startServer(place: Place) {
  const server = run(place);
  for (;;) {
    if (server.exitCode !== null)
      throw new Error(`${await new Response(server.stdout).text()}${await new Response(server.stderr).text()}`);
    const answer = await fetch(`http://127.0.0.1:${place.port}/readyz`).catch(() => undefined);
    if (answer?.ok) return server;
    await Bun.sleep(20);
  }
}
