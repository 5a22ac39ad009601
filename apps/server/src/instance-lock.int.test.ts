import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findInstance, lockInstance } from "./instance-lock.ts";

const folders: string[] = [];
const holders: Bun.Subprocess[] = [];
afterAll(() => {
  for (const holder of holders) holder.kill("SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test("a second start is told who has the folder; after a release it is free", () => {
  const dataDir = folder();
  const first = lockInstance({ dataDir, url: "http://localhost:4600" });
  expect(first.is).toBe("held");
  const second = lockInstance({ dataDir, url: "http://localhost:4601" });
  expect(second).toMatchObject({ is: "taken", by: { pid: process.pid, url: "http://localhost:4600" } });
  expect(findInstance(dataDir)).toEqual({ pid: process.pid, url: "http://localhost:4600" });
  if (first.is === "held") first.release();
  expect(findInstance(dataDir)).toBeUndefined();
  expect(lockInstance({ dataDir, url: "" }).is).toBe("held");
});

test("the lock holds between processes, and goes with one that is killed", async () => {
  const dataDir = folder();
  const holder = spawnHolder(dataDir);
  expect(await firstLine(holder)).toBe("held");
  expect(lockInstance({ dataDir, url: "" })).toMatchObject({ is: "taken", by: { pid: holder.pid } });
  expect(findInstance(dataDir)?.pid).toBe(holder.pid);
  holder.kill("SIGKILL");
  await holder.exited;
  expect(findInstance(dataDir)).toBeUndefined();
  expect(lockInstance({ dataDir, url: "" }).is).toBe("held");
});

test("of eight that start at once, one gets it", async () => {
  const dataDir = folder();
  const starters = Array.from({ length: 8 }, () => spawnHolder(dataDir));
  const answers = await Promise.all(starters.map((starter) => firstLine(starter)));
  for (const starter of starters) starter.kill("SIGKILL");
  expect(answers.filter((answer) => answer === "held")).toHaveLength(1);
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sotto-lock-"));
  folders.push(path);
  return path;
}

function spawnHolder(dataDir: string) {
  const code = `
    import { lockInstance } from "${import.meta.dir}/instance-lock.ts";
    globalThis.kept = lockInstance({ dataDir: ${JSON.stringify(dataDir)}, url: "http://localhost:1" });
    console.log(globalThis.kept.is);
    setInterval(() => {}, 1000);`;
  const holder = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe" });
  holders.push(holder);
  return holder;
}

async function firstLine(child: { stdout: ReadableStream<Uint8Array> }): Promise<string> {
  const { value } = await child.stdout.getReader().read();
  return new TextDecoder().decode(value).trim();
}
