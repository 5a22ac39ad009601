import type { DataStore } from "@tus/server";

/**
 * Where uploads lie as they came, metadata and all: never served, never backed up, gone within 24 hours (R20). In the data
 * folder (`quarantine-disk.ts`), or on S3 below `quarantine/` where several processes share the work (`quarantine-blobs.ts`).
 */
export interface Quarantine {
  /** What tus writes to. */
  tus: DataStore;
  /** For a child: the upload as a file of this machine, and an empty folder for its renditions. */
  checkOut(mediaId: string): Promise<CheckedOut>;
  /** Everything of one medium. */
  clear(mediaId: string): Promise<void>;
  /** Waits until the uploaded bytes would survive a crash. */
  sync(mediaId: string): Promise<void>;
  /** How many bytes of it are here; null when nothing is. */
  sizeOf(mediaId: string): Promise<number | null>;
  /** Ids of which something lies here since before `time`. */
  olderThan(time: Date): Promise<string[]>;
  /** Whether `bytes` more fit, as far as that is known beforehand. */
  hasRoom(bytes: number): Promise<boolean>;
}

export interface CheckedOut extends AsyncDisposable {
  input: string;
  outputDir: string;
}
