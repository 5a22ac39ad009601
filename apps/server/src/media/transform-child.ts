import { constants, setPriority } from "node:os";
import sharp from "sharp";
import { Refusal } from "../errors.ts";
import type { Refused, Transformed, TransformJob } from "./renditions.ts";
import { openPhoto, transform } from "./transform.ts";

/**
 * The process in which photos are decoded. It gets one job at a time over IPC and answers it; the pool kills it when it
 * takes too long, and the kernel when it takes too much (T14, T16). Only the loaders of the formats we take are open.
 */
export type ChildMessage =
  | { is: "ready" }
  /** The photo is here. */
  | { is: "began" }
  | { is: "done"; photo: Transformed }
  /** `decoded`: a decoder has met the file, and this process is not used again. */
  | { is: "refused"; refused: Refused; decoded: boolean }
  | { is: "failed"; reason: string };

function start(): void {
  sharp.cache(false);
  // One photo, one core: the children together use all cores, and four threads an image made each photo slower here.
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: loaders });
  // Sends and reads come first.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.on("disconnect", () => process.exit(0));
  process.on("message", (job: TransformJob) => void answer(job));
  void warmUp().then(() => send({ is: "ready" }));
}

const loaders = ["Jpeg", "Png", "Webp", "Nsgif", "Heif"].map((name) => `VipsForeignLoad${name}Buffer`);

async function answer(job: TransformJob): Promise<void> {
  send({ is: "began" });
  try {
    const opened = await openPhoto(job.input);
    if (opened instanceof Refusal) return send({ is: "refused", refused: plain(opened), decoded: false });
    const photo = await transform(opened, job.outputDir);
    send(photo instanceof Refusal ? { is: "refused", refused: plain(photo), decoded: true } : { is: "done", photo });
  } catch (error) {
    // Not the photo's fault: no room on the disk, or our own mistake. The job is tried again.
    send({ is: "failed", reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

function plain({ code, detail }: Refusal): Refused {
  return { code, detail };
}

/** Loads the codec libraries and their tables before the first photo waits for them. */
async function warmUp(): Promise<void> {
  const tiny = await sharp({ create: { width: 16, height: 16, channels: 3, background: "#888" } })
    .jpeg()
    .toBuffer();
  await sharp(tiny).resize(8, 8).raw().toBuffer();
}

function send(message: ChildMessage): void {
  process.send?.(message);
}

start();
