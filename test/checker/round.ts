import { runLoad } from "./load.ts";
import { gatherFacts, type Facts, type Violation } from "./facts.ts";
import type { Fault } from "./faults.ts";
import { gatherFinal } from "./final/gather.ts";
import { listBlobs } from "./final/dump.ts";
import { heal } from "./heal.ts";
import { History } from "./history.ts";
import { judge } from "./invariants.ts";
import type { Cluster } from "./nodes/cluster.ts";
import { operations } from "./operations.ts";
import { judgeRestored } from "./restore/judge-restored.ts";
import { runStorm } from "./storm.ts";
import { makeWorld, type World } from "./world.ts";

export interface RoundOptions {
  cluster: Cluster;
  faults: readonly Fault[];
  photos: readonly Uint8Array[];
  seed: number;
  round: number;
  seconds: number;
  /** Runs when the people and conversations are there, before the load: a planted bug. */
  plant?: (cluster: Cluster) => Promise<void>;
  often?: readonly string[];
  /** Aborted: the load ends, and what there is gets judged. */
  signal: AbortSignal;
  say: (words: string) => void;
}

export interface RoundResult {
  operations: Record<string, number>;
  faults: Record<string, number>;
  violations: Violation[];
  /** What is wrong with the last backup, restored; null when none was taken. */
  restored: string[] | null;
  /** Calls by what came back. */
  answers: Record<string, number>;
  /** Faults after which the servers did not come back by themselves. */
  troubles: string[];
  messages: number;
}

const settleMs = 20_000;

/** New people and conversations, the load with its faults, the healing, and the judgement. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { cluster, seed, round, seconds, signal, say } = options;
  const history = new History();
  const earlierBlobs = new Set(listBlobs(cluster.blobsDir).map((file) => file.key));
  const world = await makeRoundWorld(options, history);
  await options.plant?.(cluster);
  const [operationCounts, faultCounts, troubles] = [new Counts(), new Counts(), [] as string[]];
  const endMs = performance.now() + seconds * 1000;
  const goesOn = () => performance.now() < endMs && !signal.aborted;
  const hold = async (ms: number) => {
    const until = Math.min(performance.now() + ms, endMs);
    while (performance.now() < until && !signal.aborted) await Bun.sleep(Math.min(50, until - performance.now()));
  };
  for (const device of world.devices) device.start();
  const { photos, often = [] } = options;
  const weighted = operations.map((one) => (often.includes(one.name) ? { ...one, weight: one.weight * 5 } : one));
  const load = runLoad({
    world,
    operations: weighted,
    photos,
    seed,
    round,
    goesOn,
    count: (name) => operationCounts.add(name),
  });
  await runStorm({
    ...{ cluster, world, seed, round, goesOn, hold, say, faults: options.faults },
    count: (name) => {
      faultCounts.add(name);
      say(`fault: ${name}`);
    },
    onTrouble: (name, error) => {
      troubles.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      say(`${name} left trouble: ${String(error)}`);
    },
  });
  await hold(Infinity);
  say("healing");
  await heal(cluster);
  await Promise.race([load, Bun.sleep(settleMs)]);
  const final = await gatherFinal({ cluster, world, history, earlierBlobs, say });
  const facts = gatherFacts(world, history, final);
  const violations = judge(facts);
  const restored = await restoreLast(options, facts);
  const answers = new Counts();
  for (const { outcome } of history.calls) answers.add(outcome.is === "refused" ? outcome.code : outcome.is);
  return {
    operations: operationCounts.all,
    faults: faultCounts.all,
    violations,
    restored,
    answers: answers.all,
    troubles,
    messages: final.rows.messages.length,
  };
}

async function restoreLast({ cluster, say }: RoundOptions, facts: Facts): Promise<string[] | null> {
  await using place = (await cluster.backups?.restoreLast()) ?? null;
  if (place === null) return null;
  say("the last backup, restored");
  return await judgeRestored(facts, place);
}

async function makeRoundWorld({ cluster, seed, round }: RoundOptions, history: History): Promise<World> {
  await using database = cluster.open();
  return await makeWorld({
    database,
    url: cluster.nodes[0]?.directUrl ?? "",
    urls: cluster.nodes.map((node) => node.line.url),
    history,
    seed,
    round,
  });
}

class Counts {
  readonly all: Record<string, number> = {};
  add(name: string): void {
    this.all[name] = (this.all[name] ?? 0) + 1;
  }
}
