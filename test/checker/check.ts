import { drawPhoto } from "../../apps/server/src/media/drawn-photo.ts";
import type { Bug } from "./bugs.ts";
import { faults, type Fault } from "./faults.ts";
import { invariants, type InvariantName } from "./invariants.ts";
import type { Cluster } from "./nodes/cluster.ts";
import { startOneNode } from "./nodes/one-node.ts";
import { runRound, type RoundResult } from "./round.ts";

export interface CheckOptions {
  seed: number;
  seconds: number;
  nodes: 1 | 3;
  bug?: Bug;
  /** Only these, by name; all by default. */
  only?: readonly string[];
  /** One node alone: its power can be cut. */
  power?: boolean;
  /** Data and logs are left where they lie. */
  keep?: boolean;
  signal: AbortSignal;
  say: (words: string) => void;
}

export interface CheckResult {
  seed: number;
  nodes: number;
  seconds: number;
  rounds: number;
  interrupted: boolean;
  operations: Record<string, number>;
  faults: Record<string, number>;
  /** Faults that could not be had here, and why. */
  withoutFaults: Record<string, string>;
  /** Calls by what came back: `ok`, `lost`, or the code of the refusal. */
  answers: Record<string, number>;
  messages: number;
  violations: Record<InvariantName, number>;
  /** Backups that were taken under load and restored, and what was wrong with them. */
  restored: { backups: number; violations: number };
  /** The first ones of each kind, in words. */
  details: string[];
  /** Servers that ended although nobody ended them, and faults that did not heal by themselves. */
  crashes: number;
  troubles: string[];
}

/** What a round remembers of everybody is judged and forgotten: a longer run is more of them, on the same servers. */
const roundMostSeconds = 120;
const photoCount = 12;
const detailsMost = 12;

/** Starts the servers, runs rounds until time is over, and counts what is wrong. */
export async function check(options: CheckOptions): Promise<CheckResult> {
  const { seed, seconds, bug, signal, say } = options;
  say(
    `seed ${seed}, ${options.nodes} node${options.nodes > 1 ? "s" : ""}, ${seconds} s${bug ? `, bug ${bug.name}` : ""}`,
  );
  const photos = await Promise.all(
    Array.from(
      { length: photoCount },
      async (_, n) => await drawPhoto({ seed: seed + n, width: 96, height: 72, exif: true }),
    ),
  );
  await using cluster = await startCluster(options);
  const { possible, missing } = chooseFaults(options, cluster);
  const rounds = Math.ceil(seconds / roundMostSeconds);
  const results: RoundResult[] = [];
  for (let round = 0; round < rounds && !signal.aborted; round += 1) {
    results.push(
      await runRound({
        ...{ cluster, photos, seed, round, signal, say, faults: possible, seconds: seconds / rounds },
        ...(bug?.plant && { plant: bug.plant }),
        ...(bug?.often && { often: bug.often }),
      }),
    );
    say(`round ${round + 1} of ${rounds}: ${results.at(-1)?.violations.length} violations`);
  }
  const crashes = cluster.nodes.reduce((sum, node) => sum + node.crashes(), 0);
  return { ...summarise(options, results), rounds, crashes, withoutFaults: missing };
}

async function startCluster(options: CheckOptions): Promise<Cluster> {
  const { say, keep = false, power = false } = options;
  const preloads = options.bug?.preloads ?? [];
  const smallDisk = options.bug === undefined && !power && (options.only?.includes("fullDisk") ?? true);
  if (options.nodes === 1) return await startOneNode({ preloads, smallDisk, power, say, keep });
  const { startThreeNodes } = await import("./nodes/three-nodes.ts");
  return await startThreeNodes({ preloads, say, keep });
}

function chooseFaults(
  { bug, only }: CheckOptions,
  cluster: Cluster,
): { possible: Fault[]; missing: Record<string, string> } {
  const names = bug?.faults ?? only;
  const wanted = names ? faults.filter((fault) => names.includes(fault.name)) : [...faults];
  const reasons = wanted.flatMap((fault) => {
    const reason = fault.missing(cluster);
    return reason === null ? [] : [[fault.name, reason] as const];
  });
  return { possible: wanted.filter((fault) => fault.missing(cluster) === null), missing: Object.fromEntries(reasons) };
}

function summarise({ seed, nodes, seconds, signal }: CheckOptions, results: readonly RoundResult[]) {
  const violations = results.flatMap((result) => result.violations);
  const count = (name: string) => violations.filter((one) => one.invariant === name).length;
  const restored = results.flatMap((result) => result.restored ?? []);
  const names = Object.keys(invariants) as InvariantName[];
  const sum = (of: (result: RoundResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    ...{ seed, nodes, seconds, interrupted: signal.aborted },
    operations: addUp(results.map((result) => result.operations)),
    faults: addUp(results.map((result) => result.faults)),
    answers: addUp(results.map((result) => result.answers)),
    messages: sum((result) => result.messages),
    violations: Object.fromEntries(names.map((name) => [name, count(name)])) as CheckResult["violations"],
    restored: { backups: results.filter((result) => result.restored !== null).length, violations: restored.length },
    details: [
      ...names.flatMap((name) => violations.filter((one) => one.invariant === name).slice(0, detailsMost)),
      ...restored.slice(0, detailsMost).map((detail) => ({ invariant: "restored", detail })),
    ].map(({ invariant, detail }) => `${invariant}: ${detail}`),
    troubles: results.flatMap((result) => result.troubles),
  };
}

function addUp(list: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of list) for (const [name, count] of Object.entries(one)) total[name] = (total[name] ?? 0) + count;
  return total;
}
