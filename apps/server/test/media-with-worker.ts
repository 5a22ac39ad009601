import { startWorker } from "../src/jobs/worker.ts";
import { startMedia, type MediaOptions, type RunningMedia } from "../src/media/start.ts";

export type MediaWithWorker = RunningMedia & { stop: () => Promise<void> };

/** The photo pipeline by itself, with the worker of its jobs unless told otherwise: as `app.ts` starts them. */
export async function startMediaWithWorker(options: MediaOptions): Promise<MediaWithWorker> {
  const media = await startMedia(options);
  const { database, log } = options;
  const worker = (options.work ?? true) ? await startWorker({ database, log, jobs: [media.jobs()] }) : null;
  let stopped: Promise<void> | undefined;
  return { ...media, stop: () => (stopped ??= worker?.stop() ?? Promise.resolve()) };
}
