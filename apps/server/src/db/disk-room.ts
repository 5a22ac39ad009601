import { statfs } from "node:fs/promises";
import type { Log } from "../log.ts";

/** Less than this, and PostgreSQL may not find a place for the next segment of its log (16 MB), without which it ends. */
const lowBytes = 64 * 1024 * 1024;
const sayAgainMs = 60_000;

/** Looks how much room a folder's disk has, and says so in the log when it gets little: once, once a minute, and when it is over. */
export class DiskRoom {
  private readonly dir: string;
  private readonly log: Log;
  private low = false;
  private saidAtMs = Number.NEGATIVE_INFINITY;

  constructor(dir: string, log: Log) {
    this.dir = dir;
    this.log = log;
  }

  /** Whether there is little. */
  async look(): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.dir).catch(() => ({ bavail: lowBytes, bsize: 1 }));
    const freeMb = Math.floor((bavail * bsize) / 1024 / 1024);
    const wasLow = this.low;
    this.low = bavail * bsize < lowBytes;
    if (this.low && performance.now() - this.saidAtMs > sayAgainMs) {
      this.saidAtMs = performance.now();
      this.log.error(
        { freeMb, dir: this.dir },
        "the disk of the database is full: messages are refused until somebody makes room; it goes on by itself then",
      );
    }
    if (wasLow && !this.low) {
      this.saidAtMs = Number.NEGATIVE_INFINITY;
      this.log.info({ freeMb, dir: this.dir }, "the disk of the database has room again");
    }
    return this.low;
  }
}
