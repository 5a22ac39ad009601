import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const help = `npm run converge -- [options]

  Two devices of one person and a peer write, edit, react, hide, read, pin, draft and lose their line or their program, against the
  real server; at the end of each round all three hold what a model says and what a fresh client shows (R15, R16, C17, C22).

  --rounds N      of them (1000)
  --seed N        the same steps again (a random one, printed)
  --parallel N    triples at a time (6)

Progress goes to stderr. The last line is the result as JSON, of the rounds so far where a signal ends it; a round
with differences is listed with its seed and with the steps that are enough for it.`;

const known = {
  rounds: { type: "string", default: "1000" },
  seed: { type: "string" },
  parallel: { type: "string", default: "6" },
  help: { type: "boolean", short: "h" },
} as const;

await main(process.argv.slice(2));

async function main(args: string[]): Promise<void> {
  const values = readOptions(args);
  if (typeof values === "string") return fail(`${values}\n\n${help}`);
  if (values.help) return console.log(help);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9));
  const [rounds, parallel] = [Number(values.rounds), Number(values.parallel)];
  if (![seed, rounds, parallel].every((one) => Number.isInteger(one) && one >= 0) || parallel === 0)
    return fail("--rounds, --seed and --parallel are whole numbers");
  const told = untilTold();
  console.error(`seed ${seed}`);
  const say = (words: string) => console.error(words);
  const result = await simulate({ seed, rounds, parallel, signal: told.signal, say });
  console.log(JSON.stringify(result));
  process.exit(told.exitCode() ?? (result.differences === 0 && result.rounds > 0 ? 0 : 1));
}

const impatientMs = 1_000;

/**
 * The first signal ends the simulation, with the result so far. `timeout npm run …` sends it twice, to the group and through npm: only a
 * later one ends the process at once.
 */
function untilTold(): { signal: AbortSignal; exitCode: () => number | undefined } {
  const controller = new AbortController();
  let told: { code: number; atMs: number } | undefined;
  for (const [name, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)
    process.on(name, () => {
      if (told && performance.now() - told.atMs > impatientMs) process.exit(code);
      told ??= { code, atMs: performance.now() };
      // Whoever was in the middle of a round loses their server.
      process.on("unhandledRejection", () => undefined);
      controller.abort();
    });
  return { signal: controller.signal, exitCode: () => told?.code };
}

function readOptions(args: string[]) {
  try {
    return parseArgs({ args, options: known }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function fail(words: string): void {
  console.error(words);
  process.exitCode = 2;
}
