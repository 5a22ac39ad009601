import { sharedDatabase } from "./test/shared-database.ts";
import { runStep, type StepResult } from "./test/run-step.ts";
import { threatTable } from "./test/threats.ts";
import { longSteps, quickSteps } from "./test/steps.ts";

// `npm test`: every check in order, and each of them even when an earlier one failed. `npm run test:all` runs the
// slow suites. The last line is the sum over all test runs, alone on its line.
process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  const steps = words.includes("--all") ? longSteps() : quickSteps();
  await using database = await sharedDatabase();
  const results: StepResult[] = [];
  for (const step of steps) results.push(await runStep(step, { SOTTO_TEST_SOCKET: database.socketDir }));
  return summarise(results, { quick: !words.includes("--all") });
}

function summarise(results: StepResult[], { quick }: { quick: boolean }): number {
  const threats = threatTable(results.flatMap(({ figures }) => figures));
  console.log("\n── threats: what the tests measured");
  for (const line of threats.lines) console.log(line);
  console.log("\n──────────");
  for (const { name, outcome, seconds } of results) {
    console.log(`${outcome.padEnd(6)} ${name.padEnd(18)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  for (const { skippedTests } of results) for (const test of skippedTests) console.log(`skipped: ${test}`);
  const total = (of: "passed" | "failed" | "skipped") => results.reduce((sum, result) => sum + result[of], 0);
  const broken = results.filter((result) => result.outcome === "FAILED");
  const unmeasured = quick ? threats.missing : [];
  if (unmeasured.length > 0) console.log(`no figure for: ${unmeasured.map((row) => `T${row}`).join(", ")}`);
  for (const { failedTests } of broken) for (const test of failedTests) console.log(`failed: ${test}`);
  if (broken.length > 0) console.log(`failed steps: ${broken.map((result) => result.name).join(", ")}`);
  console.log(`${total("passed")} passed, ${total("failed")} failed, ${total("skipped")} skipped`);
  return broken.length > 0 || unmeasured.length > 0 ? 1 : 0;
}
