import { run } from "./program.ts";

// Not at the top level: after an uncaught error a top-level `await` would go on.
void main();

async function main(): Promise<void> {
  process.exitCode = await run(process.argv.slice(2), {
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    readStdin: () => Bun.stdin.text(),
  });
}
