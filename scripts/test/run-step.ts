import { root, type Step } from "./steps.ts";
import { readFigures, type Figure } from "./threats.ts";

export interface StepResult {
  name: string;
  outcome: "ok" | "FAILED";
  seconds: number;
  passed: number;
  failed: number;
  skipped: number;
  /** Names of skipped tests: each says why in its own words. */
  skippedTests: string[];
  /** Names of failed tests, each with the first line of its error. */
  failedTests: string[];
  /** What its tests measured about threats. */
  figures: Figure[];
}

/** Runs one step with its output shown as it comes. */
export async function runStep(step: Step, env: Record<string, string>): Promise<StepResult> {
  console.log(`\n── ${step.name}`);
  const started = performance.now();
  const child = Bun.spawn(step.command, {
    cwd: root,
    env: { ...process.env, ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const tooLong = setTimeout(() => {
    console.error(`${step.name}: stopped after ${step.limitMinutes} minutes`);
    child.kill("SIGKILL");
  }, step.limitMinutes * 60_000);
  const [said, complained] = await Promise.all([
    show(child.stdout, process.stdout),
    show(child.stderr, process.stderr),
  ]);
  const code = await child.exited;
  clearTimeout(tooLong);
  const counts = step.isTestRun
    ? readCounts(said + complained)
    : { passed: 0, failed: 0, skipped: 0, skippedTests: [], failedTests: [] };
  // A run that ended before its own summary still failed.
  if (step.isTestRun && code !== 0 && counts.failed === 0) counts.failed = 1;
  const outcome = code === 0 ? "ok" : "FAILED";
  return {
    name: step.name,
    outcome,
    seconds: (performance.now() - started) / 1000,
    figures: readFigures(said + complained),
    ...counts,
  };
}

/** The last lines of `bun test`: ` 12 pass`, ` 1 skip`, ` 0 fail`. */
export function readCounts(output: string) {
  const plain = Bun.stripANSI(output);
  const count = (word: string) => Number([...plain.matchAll(new RegExp(`^ *(\\d+) ${word}$`, "gm"))].at(-1)?.[1] ?? 0);
  // A long run repeats them at its end.
  const skippedTests = [...new Set([...plain.matchAll(/^\(skip\) (.*)$/gm)].map((match) => match[1] ?? ""))];
  return {
    passed: count("pass"),
    failed: count("fail"),
    skipped: count("skip") + count("todo"),
    skippedTests,
    failedTests: failuresIn(plain),
  };
}

const ends = /^\((pass|fail|skip|todo)\) (.*)$/;

/** A test's error stands above its `(fail)` line, and its time limit below it; both may stand there again at the end of a long run. */
function failuresIn(plain: string): string[] {
  const failures = new Map<string, string>();
  let error = "";
  let failed: string | undefined;
  for (const line of plain.split("\n")) {
    const [, outcome, test = ""] = ends.exec(line) ?? [];
    const limit = /^\s*\^ (this test timed out.*)$/.exec(line)?.[1];
    if (failed !== undefined && limit !== undefined) failures.set(failed, limit);
    failed = outcome === "fail" ? test.replace(/ \[[\d.]+ms\]$/, "") : undefined;
    if (failed !== undefined && !failures.get(failed)) failures.set(failed, error);
    if (outcome !== undefined) error = "";
    else if (error === "" && /^(\w*[Ee]rror): /.test(line)) error = line.trim();
  }
  return [...failures].map(([name, why]) => (why === "" ? name : `${name}: ${why.slice(0, 300)}`));
}

async function show(from: ReadableStream<Uint8Array>, to: NodeJS.WriteStream): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of from) {
    to.write(chunk);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
