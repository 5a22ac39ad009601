import { longSecondBounds, secondBounds, sizeBounds, Timing } from "./timing.ts";

/**
 * What this process counted since it began. Plain numbers in one object: to count is an addition, where a metrics
 * library's labelled counter looks its labels up (0.3 µs a message, measured with prom-client). `metrics.ts` reads them
 * when somebody asks.
 */
export const counts = {
  messagesCommitted: 0,
  framesIn: 0,
  framesOut: 0,
  socketsOpened: 0,
  socketsOpen: 0,
  slowReadersClosed: 0,
  malformedFrames: 0,
  inboxRowsWritten: 0,
  inboxFlushFailures: 0,
  hintsPublished: 0,
  hintsReceived: 0,
  busGaps: 0,
  databaseAway: 0,
  databaseErrors: 0,
  uploadBytes: 0,
  photosReady: 0,
  photosFailed: 0,
  photoJobsThrown: 0,
  erasuresShipped: 0,
  ledgerFailures: 0,
};

export const timings = {
  batchSize: new Timing(sizeBounds),
  commitSeconds: new Timing(secondBounds),
  inboxFlushSeconds: new Timing(secondBounds),
  photoJobSeconds: new Timing(longSecondBounds),
};

/** Limits that refused, by the limit's name. */
export const limitsRefused: Record<string, number> = {};

export function countRefusedLimit(name: string): void {
  limitsRefused[name] = (limitsRefused[name] ?? 0) + 1;
}

/** One batch of sends, when its commit is done. */
export function countCommit(messages: number, beganMs: number): void {
  counts.messagesCommitted += messages;
  timings.batchSize.observe(messages);
  timings.commitSeconds.since(beganMs);
}
