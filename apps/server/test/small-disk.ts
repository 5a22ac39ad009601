import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of its own, as small as a test wants it: a mounted tmpfs. */
export interface SmallDisk extends Disposable {
  dir: string;
  /** To the last byte. */
  fill(): void;
  /** What `fill` took is free again. */
  makeRoom(): void;
  freeBytes(): number;
}

/** Why no disk can be mounted here; null when one can. */
export function mountMissing(): string | null {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux, to mount a small disk";
  const dir = mkdtempSync(join(tmpdir(), "sotto-mount-"));
  const mounted = mount(dir, 1);
  if (mounted) unmount(dir);
  rmdirSync(dir);
  return mounted ? null : "needs a machine that lets root mount a tmpfs";
}

export function smallDisk({ sizeMb }: { sizeMb: number }): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), "sotto-disk-"));
  if (!mount(dir, sizeMb)) throw new Error("the small disk could not be mounted");
  const filler = join(dir, "filler");
  return {
    dir,
    fill() {
      const file = openSync(filler, "a");
      for (const chunkBytes of [1024 * 1024, 4096]) writeUntilFull(file, new Uint8Array(chunkBytes));
      closeSync(file);
    },
    makeRoom: () => rmSync(filler, { force: true }),
    freeBytes() {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize;
    },
    [Symbol.dispose]() {
      unmount(dir);
      rmdirSync(dir);
    },
  };
}

function writeUntilFull(file: number, chunk: Uint8Array): void {
  for (;;) {
    try {
      writeSync(file, chunk);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") return;
      throw error;
    }
  }
}

/** Everybody may walk into it: the database is not root. */
function mount(dir: string, sizeMb: number): boolean {
  const words = ["mount", "-t", "tmpfs", "-o", `size=${sizeMb}m,mode=755`, "sotto-test", dir];
  return Bun.spawnSync(words, { stderr: "ignore" }).exitCode === 0;
}

/** Lazily: a process that is just ending may have a file open. */
function unmount(dir: string): void {
  Bun.spawnSync(["umount", "-l", dir], { stderr: "ignore" });
}
