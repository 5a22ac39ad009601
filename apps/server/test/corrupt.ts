import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "../src/errors.ts";
import { silentLog } from "../src/log.ts";
import { createChildPool } from "../src/media/child-pool.ts";
import { seededRandom } from "../src/media/seeded-random.ts";

/**
 * Sends each file through the children, corrupted at random but repeatable places: single bytes, runs, a cut. The caller is
 * the server here: that it counts to the end is the finding.
 */
export async function corruptEach(options: {
  sources: readonly { name: string; bytes: Uint8Array }[];
  each: number;
  seed: number;
  dir: string;
}): Promise<{ files: number; shown: number; refused: number; other: number }> {
  const { sources, each, seed, dir } = options;
  const counts = { files: 0, shown: 0, refused: 0, other: 0 };
  await using pool = createChildPool({ log: silentLog(), timeoutMs: 20_000 });
  const jobs = sources.flatMap((source, at) =>
    Array.from({ length: each }, (_, round) => ({ source, seed: seed + at * 1000 + round, round })),
  );
  const lane = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const outputDir = join(dir, `c${counts.files++}`);
      await mkdir(outputDir);
      await writeFile(`${outputDir}.in`, corrupted(job.source.bytes, job));
      const outcome = await pool.run({ input: `${outputDir}.in`, outputDir }).catch((error: unknown) => error);
      if (outcome instanceof Refusal) counts.refused += 1;
      else if (outcome instanceof Error) {
        counts.other += 1;
        console.log(`${job.source.name}, seed ${job.seed}: ${outcome.message}`);
      } else counts.shown += 1;
      await rm(outputDir, { recursive: true });
      await rm(`${outputDir}.in`);
    }
  };
  await Promise.all([lane(), lane()]);
  return counts;
}

function corrupted(bytes: Uint8Array, { seed, round }: { seed: number; round: number }): Uint8Array {
  const random = seededRandom(seed);
  const place = (): number => Math.floor(random() * bytes.length);
  const copy = round % 5 === 4 ? bytes.slice(0, place()) : bytes.slice();
  for (let change = 0; change <= round % 4; change += 1) copy[place()] = Math.floor(random() * 256);
  if (round % 5 === 3) copy.fill(Math.floor(random() * 256), place(), place());
  return copy;
}
