import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, constants, setPriority } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import sharp, { type Sharp } from "sharp";
import { createDiskBlobs } from "../apps/server/src/adapters/blobs-disk.ts";
import { Refusal } from "../apps/server/src/errors.ts";
import { silentLog } from "../apps/server/src/log.ts";
import { createChildPool, type ChildPool } from "../apps/server/src/media/child-pool.ts";
import { drawPhoto } from "../apps/server/src/media/drawn-photo.ts";
import { blobKey, jpegQuality, longEdge, renditionNames, webpEffort } from "../apps/server/src/media/renditions.ts";
import type { Blobs } from "../apps/server/src/ports/blobs.ts";

/**
 * The photo pipeline (verify, strip, three renditions in limited children, placeholder, hashes, durable blobs) over a folder,
 * against bare sharp making `list` and `full` of the same files in the same run: one decode, shrink-on-load, clones, and the
 * same sizes, qualities, efforts and concurrency. Files that sharp cannot decode, or that are refused, count for neither.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      dir: { type: "string" },
      rounds: { type: "string", default: "5" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return console.log(help);
  console.log(JSON.stringify(await bench({ dir: values.dir, rounds: Math.max(1, Number(values.rounds)) })));
}

const help = `npm run bench -- photos [options]

  --dir FOLDER   a folder of photos; without it, 24 drawn ones of 12 megapixels
  --rounds N     how often, in turns with bare sharp (5)`;

async function bench(options: { dir: string | undefined; rounds: number }): Promise<Record<string, number | string>> {
  // The photo children step back for sends; so does bare sharp here, or a busy machine would compare priorities.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const work = await mkdtemp(join(process.cwd(), ".bench-photos-"));
  const pool = createChildPool({ log: silentLog() });
  try {
    const blobs = await createDiskBlobs({ dir: join(work, "blobs"), reserveBytes: 0 });
    const files = await photosIn(options.dir ?? (await drawAll(join(work, "drawn"))));
    const usable = await keepUsable({ pool, blobs, work, files });
    console.log(`${usable.files.length} of ${files.length} files count; ${atOnce} at a time`);
    return summary(await measure(usable, options.rounds), usable);
  } finally {
    await pool.close();
    await rm(work, { recursive: true, force: true });
  }
}

interface Bench {
  pool: ChildPool;
  blobs: Blobs;
  work: string;
  files: string[];
}

interface Times {
  pipelineMs: number;
  bareMs: number;
  rounds: number;
}

/** One more than cores, so that no core waits while bytes go to the disk. */
const atOnce = availableParallelism() + 1;

/** Both in turns, so that whatever else the machine does hits both. */
async function measure(bench: Bench, rounds: number): Promise<Times> {
  sharp.cache(false);
  sharp.concurrency(1);
  const times: Times = { pipelineMs: 0, bareMs: 0, rounds };
  for (let round = 1; round <= rounds; round += 1) {
    const pipelineMs = await timed(() => eachFile(bench.files, (file) => throughPipeline(bench, file)));
    const bareMs = await timed(() => eachFile(bench.files, bareSharp));
    times.pipelineMs += pipelineMs;
    times.bareMs += bareMs;
    console.log(`round ${round}: pipeline ${pipelineMs.toFixed(0)} ms, bare sharp ${bareMs.toFixed(0)} ms`);
  }
  return times;
}

async function throughPipeline({ pool, blobs, work }: Bench, file: string): Promise<boolean> {
  const id = Bun.randomUUIDv7();
  const outputDir = join(work, `${id}.out`);
  await mkdir(outputDir);
  const photo = await pool.run({ input: file, outputDir });
  if (photo instanceof Refusal) return false;
  await Promise.all(
    renditionNames.map(async (name) => blobs.put(blobKey(id, name), await readFile(join(outputDir, name)))),
  );
  await rm(outputDir, { recursive: true });
  return true;
}

/** Colour profiles are left alone on both sides: converting them here would cost bare sharp another 100 ms a photo. */
async function bareSharp(file: string): Promise<boolean> {
  const source = await readFile(file);
  const inside = { fit: "inside", withoutEnlargement: true } as const;
  const { data, info } = await sharp(source, { failOn: "truncated", limitInputPixels: 50_000_000, ignoreIcc: true })
    .autoOrient()
    .resize(longEdge.full, longEdge.full, inside)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const full = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  const list = full.clone().resize(longEdge.list, longEdge.list, inside);
  const alpha = info.channels === 2 || info.channels === 4;
  const encode = (image: Sharp, quality: number) =>
    (alpha ? image.webp({ quality, effort: webpEffort }) : image.jpeg({ quality })).toBuffer();
  await Promise.all([encode(list, jpegQuality.list), encode(full, jpegQuality.full)]);
  return true;
}

/** Both must take a file for it to count; this is the warm-up, too. */
async function keepUsable(bench: Bench): Promise<Bench> {
  const files: string[] = [];
  await eachFile(bench.files, async (file) => {
    const bare = await bareSharp(file).catch(() => false);
    if (bare && (await throughPipeline(bench, file))) files.push(file);
  });
  if (files.length === 0) throw new Error("no photo in this folder can be used");
  return { ...bench, files: files.toSorted() };
}

async function eachFile(files: readonly string[], work: (file: string) => Promise<unknown>): Promise<void> {
  const waiting = [...files];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) await work(file);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function photosIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function drawAll(dir: string): Promise<string> {
  await mkdir(dir);
  console.log("drawing 24 photos of 12 megapixels");
  for (let seed = 0; seed < 24; seed += 1) {
    const [width, height] = seed % 3 === 0 ? [3024, 4032] : [4032, 3024];
    await writeFile(
      join(dir, `${seed}.jpg`),
      await drawPhoto({ seed, width, height, exif: true, orientation: seed % 4 === 0 ? 6 : 1 }),
    );
  }
  return dir;
}

function summary({ pipelineMs, bareMs, rounds }: Times, { files }: Bench): Record<string, number | string> {
  const round = (value: number): number => Math.round(value * 100) / 100;
  return {
    bench: "photos",
    files: files.length,
    rounds,
    photosPerSecond: round((files.length * rounds) / (pipelineMs / 1000)),
    bareSharpPerSecond: round((files.length * rounds) / (bareMs / 1000)),
    ratioToBareSharp: round(bareMs / pipelineMs),
  };
}
