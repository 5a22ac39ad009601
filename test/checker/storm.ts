import { drawOf, shuffled } from "./draw.ts";
import type { Fault, Scene } from "./faults.ts";

export interface StormOptions extends Omit<Scene, "draw" | "node"> {
  faults: readonly Fault[];
  seed: number;
  round: number;
  goesOn: () => boolean;
  count: (fault: string) => void;
  onTrouble: (fault: string, error: unknown) => void;
}

const calmMs = { least: 600, most: 2_200 };

/** One fault after the other, each kind before any comes again, with a calm between them, until time is over. */
export async function runStorm(options: StormOptions): Promise<void> {
  const { seed, round, cluster, world, hold, say } = options;
  let waiting: Fault[] = [];
  for (let strike = 0; options.goesOn(); strike += 1) {
    const draw = drawOf(seed, round, "storm", strike);
    if (waiting.length === 0) waiting = shuffled(draw, options.faults);
    await hold(calmMs.least + draw.below(calmMs.most - calmMs.least));
    const fault = waiting.shift();
    const node = draw.pick(cluster.nodes);
    if (!fault || !node || !options.goesOn()) continue;
    options.count(fault.name);
    try {
      await fault.strike({ cluster, world, draw, node, hold, say });
    } catch (error) {
      options.onTrouble(fault.name, error);
    }
  }
}
