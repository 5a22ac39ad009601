import { parseArgs } from "node:util";
import { bugs } from "./bugs.ts";
import { check, type CheckResult } from "./check.ts";
import { checkBugs } from "./check-bugs.ts";
import { faults } from "./faults.ts";
import { noFileLayer } from "./power/file-layer.ts";

/** In lines as long as the others, under the words. */
function wrapped(names: readonly string[]): string {
  const lines: string[][] = [[]];
  for (const name of names) {
    if ([...(lines.at(-1) ?? []), name].join(", ").length > 96) lines.push([]);
    lines.at(-1)?.push(name);
  }
  const indented = `,\n${" ".repeat(18)}`;
  return indented.slice(1) + lines.map((line) => line.join(", ")).join(indented);
}

const help = `npm run check -- [options]

  50 clients, 20 conversations and faults against the real server: what they were answered and told is judged by ten
  invariants (docs/checker.md). Ctrl-C ends the load; what there is is judged.

  --seed N        the same choices again (a random one, printed)
  --seconds N     of load (60)
  --nodes 1|3     one process as it comes, or three with a broker (1)
  --faults A,B    only these (--faults none: without any):${wrapped(faults.map((fault) => fault.name))}
  --power         also cut the power: what the database has not synced is lost (one node; Linux with a C compiler)
  --bug NAME      with a planted bug:${wrapped(bugs.map((bug) => bug.name))}
  --bugs          each of them in turn: is it caught by the invariant that it breaks?
  --keep          leave the data and the servers' logs, and say where
  --json          nothing but the last line

The last line is the result as JSON.`;

const known = {
  seed: { type: "string" },
  seconds: { type: "string" },
  nodes: { type: "string", default: "1" },
  faults: { type: "string" },
  bug: { type: "string" },
  bugs: { type: "boolean", default: false },
  power: { type: "boolean", default: false },
  keep: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h" },
} as const;

void main(process.argv.slice(2));

async function main(argv: string[]): Promise<void> {
  const values = readOptions(argv);
  if (typeof values === "string") return fail(`${values}\n\n${help}`);
  if (values.help) return console.log(help);
  const bug = bugs.find((one) => one.name === values.bug);
  if (values.bug !== undefined && !bug)
    return fail(`there is no bug ${values.bug}; there are:${wrapped(bugs.map((one) => one.name))}`);
  const only = readFaults(values.faults);
  if (typeof only === "string") return fail(only);
  if (!isCount(values.seconds) || !isCount(values.seed)) return fail("--seconds and --seed are whole numbers");
  if (values.nodes !== "1" && values.nodes !== "3") return fail("--nodes is 1 or 3");
  if (values.power && noFileLayer !== null) return fail(`--power ${noFileLayer}`);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const signal = untilInterrupted();
  const say = values.json ? () => undefined : (words: string) => console.error(words);
  if (values.bugs) {
    const result = await checkBugs({ seed, signal, say, ...(values.seconds && { seconds: Number(values.seconds) }) });
    console.log(JSON.stringify(result));
    process.exit(result.caught === result.planted ? 0 : 1);
  }
  const result = await check({
    ...{ seed, signal, say, nodes: values.nodes === "3" ? 3 : 1, seconds: Number(values.seconds ?? 60) },
    keep: values.keep,
    power: values.power,
    ...(bug && { bug }),
    ...(only !== undefined && { only }),
  });
  console.log(JSON.stringify(result));
  process.exit(bug || isClean(result) ? 0 : 1);
}

/** The options, or what is wrong with them. */
function readOptions(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: known }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A misspelt one would leave all faults out, and pass. */
function readFaults(list: string | undefined): string[] | string | undefined {
  if (list === undefined) return undefined;
  const asked = list.split(",").map((name) => name.trim());
  if (asked.length === 1 && (asked[0] === "none" || asked[0] === "")) return [];
  const names = faults.map((fault) => fault.name);
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length === 0) return asked;
  return `there is no fault ${unknown.join(", ")}; there are:${wrapped(names)}`;
}

function isCount(text: string | undefined): boolean {
  return text === undefined || /^\d+$/.test(text);
}

function isClean(result: CheckResult): boolean {
  return Object.values(result.violations).every((count) => count === 0) && result.restored.violations === 0;
}

/** The first Ctrl-C ends the load, the second one everything. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => (controller.signal.aborted ? process.exit(130) : controller.abort()));
  return controller.signal;
}

function fail(words: string): void {
  console.error(words);
  process.exitCode = 2;
}
