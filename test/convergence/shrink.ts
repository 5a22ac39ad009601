import { runRound } from "./round.ts";
import type { Step } from "./steps.ts";
import { startTriple } from "./triple.ts";

const triesOfOne = 3;
const longestMs = 60_000;
const settleMs = 1_500;

/** Leaves out every step without which the round fails too, on a triple of its own. Where it does not fail again, all of them stay. */
export async function shrink(
  steps: readonly Step[],
  options: {
    url: string;
    name: string;
    say: ((words: string) => void) | undefined;
    isWritten: (conversationIds: readonly string[]) => Promise<boolean>;
  },
): Promise<readonly Step[]> {
  const giveUpMs = Date.now() + longestMs;
  let tries = 0;
  const fails = async (some: readonly Step[]) => {
    for (let n = 0; n < triesOfOne && Date.now() < giveUpMs; n++) {
      await using triple = await startTriple({ url: options.url, name: `${options.name}_${tries++}` });
      const before = await triple.asked();
      const { name, isWritten } = options;
      const result = await runRound(triple, some, {
        ...{ before, gone: new Set<string>(), name, isWritten, settleMs },
        withFresh: false,
      });
      if (result.differences.length > 0) return true;
    }
    return false;
  };
  if (!(await fails(steps))) return steps;
  let fewest = steps;
  for (const step of steps) {
    const fewer = fewest.filter((one) => one !== step);
    if (await fails(fewer)) fewest = fewer;
  }
  options.say?.(`${fewest.length} of ${steps.length} steps are enough`);
  return fewest;
}
