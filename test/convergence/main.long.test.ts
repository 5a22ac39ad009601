import { expect, test } from "bun:test";
import { join } from "node:path";

test("a simulation that is told to end, twice as by `timeout`, prints its result so far and stops its server", async () => {
  const program = Bun.spawn([process.execPath, join(import.meta.dir, "main.ts"), "--rounds", "100000", "--seed", "1"], {
    stdout: "pipe",
    stderr: "ignore",
  });
  await Bun.sleep(15_000);
  program.kill("SIGTERM");
  program.kill("SIGTERM");
  const beganMs = performance.now();
  const [said, code] = await Promise.all([new Response(program.stdout).text(), program.exited]);
  console.log(
    `converge: ended ${(performance.now() - beganMs).toFixed(0)} ms after the signal, code ${code}: ${said.trim()}`,
  );
  expect(code).toBe(143);
  expect(JSON.parse(said)).toMatchObject({ seed: 1, differences: 0 });
}, 120_000);
