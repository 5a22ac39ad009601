import { expect, test } from "bun:test";
import { serverProcess } from "../../test/server-process.ts";
import { run } from "./program.ts";

test("a process with another secret than its database's does not start, doctor says it, and new-secret is the way on", async () => {
  await using server = await serverProcess();
  await server.start();
  const other = { ...server.env, SOTTO_SECRET: "another secret, long enough to be one" };
  expect((await sotto(["doctor"])).text).toContain("the one that the database belongs to");
  const looked = await sotto(["doctor"], other);
  expect([looked.exitCode, looked.text]).toEqual([1, expect.stringContaining("config new-secret")]);
  expect((await sotto(["config", "new-secret"], other)).text).toContain("stop it first");

  await server.kill("SIGTERM");
  const refused = Bun.spawn([process.execPath, `${import.meta.dir}/../main.ts`], {
    env: { PATH: process.env["PATH"], ...other },
    stdout: "pipe",
  });
  expect(await refused.exited).toBe(1);
  expect(await new Response(refused.stdout).text()).toContain("belongs to another secret");

  expect((await sotto(["config", "new-secret"], other)).exitCode).toBe(0);
  const after = await sotto(["doctor"], other);
  expect(after.text).toContain("the one that the database belongs to");
  expect((await sotto(["doctor"])).text).toContain("another secret");

  async function sotto(words: string[], env: Readonly<Record<string, string>> = server.env) {
    let text = "";
    const stream = { write: (more: string) => void (text += more) };
    const exitCode = await run(words, { env, stdout: stream, stderr: stream, readStdin: async () => "" });
    return { exitCode, text };
  }
}, 60_000);
