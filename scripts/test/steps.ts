import { join } from "node:path";
import { Glob } from "bun";

export const root = join(import.meta.dir, "../..");

export interface Step {
  name: string;
  command: string[];
  /** A run of `bun test`, whose counts are added up. */
  isTestRun: boolean;
  limitMinutes: number;
}

const bin = (name: string) => join(root, "node_modules/.bin", name);
/** Two at a time: the tests are made for a machine of two cores. Globals are not shared between files. */
const workers = 2;
const testTimeoutMs = 60_000;

export function quickSteps(): Step[] {
  const files = testFiles();
  return [
    check("types", [bin("tsc"), "-p", "tsconfig.json"]),
    check("types (web)", [bin("tsc"), "-p", "apps/web/tsconfig.json"]),
    check("lint", [bin("oxlint"), "--type-aware"]),
    check("tidy", [process.execPath, "scripts/tidy.ts"]),
    ...tests("unit tests", files.unit, { parallel: true }),
    ...tests("integration tests", files.integration, { parallel: true }),
    // Both for themselves: one is three clients, six times, the other kills, pauses and fills what it runs. Each waits much.
    ...tests("simulations", files.simulations, { parallel: true }),
    ...tests("SDK size", files.size, { parallel: false }),
    ...tests("browser tests", files.browser, { parallel: true }),
  ];
}

export function longSteps(): Step[] {
  // One after the other: these measure, kill and fill.
  return testFiles().long.flatMap((file) => tests(file, [file], { parallel: false, limitMinutes: 60 }));
}

const simulations = ["test/checker/checker.int.test.ts", "test/convergence/convergence.int.test.ts"];

/** What a test is shows in its name: x.test.ts is pure, x.int.test.ts needs the database, x.long.test.ts is slow or measures. */
function testFiles() {
  const glob = new Glob("{packages,apps,bench,scripts,test}/**/*.test.{ts,tsx}");
  const all = [...glob.scanSync({ cwd: root })].filter((path) => !path.includes("node_modules/")).toSorted();
  const kind = (path: string) => {
    if (/\.long\.test\.tsx?$/.test(path)) return "long";
    if (path.startsWith("test/browser/")) return "browser";
    if (simulations.includes(path)) return "simulations";
    if (path.endsWith("/size.test.ts")) return "size";
    return /\.int\.test\.tsx?$/.test(path) ? "integration" : "unit";
  };
  const of = (wanted: ReturnType<typeof kind>) => all.filter((path) => kind(path) === wanted);
  return {
    unit: of("unit"),
    integration: of("integration"),
    size: of("size"),
    browser: of("browser"),
    simulations: of("simulations"),
    long: of("long"),
  };
}

function check(name: string, command: string[]): Step {
  return { name, command, isTestRun: false, limitMinutes: 5 };
}

function tests(name: string, files: string[], options: { parallel: boolean; limitMinutes?: number }): Step[] {
  if (files.length === 0) return [];
  const spread = options.parallel ? `--parallel=${workers}` : "--isolate";
  const paths = files.map((file) => `./${file}`);
  const command = [process.execPath, "test", spread, `--timeout=${testTimeoutMs}`, ...paths];
  return [{ name, command, isTestRun: true, limitMinutes: options.limitMinutes ?? 9 }];
}
