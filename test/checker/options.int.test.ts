import { expect, test } from "bun:test";
import { join } from "node:path";

test("an option that is misspelt starts nothing: the names that there are, and exit 2", async () => {
  const fault = await check("--faults", "killServer,killServr");
  expect(fault.exitCode).toBe(2);
  expect(fault.stderr).toContain("there is no fault killServr;");
  expect(fault.stderr).toContain("clockJump");
  const bug = await check("--bug", "twoOrder");
  expect(bug.exitCode).toBe(2);
  expect(bug.stderr).toContain("orderByClock");
  const option = await check("--fault", "none");
  expect(option.exitCode).toBe(2);
  expect(option.stderr).toContain("'--fault'");
  expect(option.stderr).toContain("npm run check -- [options]");
  expect(option.stderr).not.toContain("    at ");
  expect((await check("--seconds", "many")).exitCode).toBe(2);
  const help = await check("--help");
  expect(help.exitCode).toBe(0);
  expect(help.stdout).toContain("killServer");
  expect(help.stdout).toContain("deletionsForgotten");
}, 60_000);

async function check(...words: string[]) {
  const run = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), ...words], {
    stdout: "pipe",
    stderr: "pipe",
    timeout: 10_000,
  });
  const [stdout, stderr] = await Promise.all([new Response(run.stdout).text(), new Response(run.stderr).text()]);
  return { exitCode: await run.exited, stdout, stderr };
}
