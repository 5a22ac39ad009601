import { mkdirSync } from "node:fs";
import { freemem } from "node:os";

const sizeMegabytes = 1_500;

/** A small file system in memory, for the fault of a full disk. Null where it may not be mounted: that takes root on Linux, and memory. */
export async function mountSmallDisk(path: string): Promise<(AsyncDisposable & { path: string }) | null> {
  if (freemem() < 4e9 || process.platform !== "linux" || process.getuid?.() !== 0 || Bun.which("mount") === null)
    return null;
  mkdirSync(path, { recursive: true });
  if (!(await ran(["mount", "-t", "tmpfs", "-o", `size=${sizeMegabytes}m,mode=755`, "sotto-check", path]))) return null;
  return {
    path,
    async [Symbol.asyncDispose]() {
      for (let attempt = 0; attempt < 20 && !(await ran(["umount", path])); attempt += 1) await Bun.sleep(250);
    },
  };
}

async function ran(words: string[]): Promise<boolean> {
  const child = Bun.spawn(words, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  return (await child.exited) === 0;
}
