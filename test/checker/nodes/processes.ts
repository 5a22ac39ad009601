import { readdirSync, readFileSync } from "node:fs";
import { isAlive } from "../../../apps/server/src/db/postmaster.ts";

/** Linux alone shows its processes as files; elsewhere the faults that need this are left out, and say so. */
export const canSeeProcesses = process.platform === "linux";

/** Children of a process, and theirs. */
export function descendants(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendants)];
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}

export async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await Bun.sleep(10);
}

function childrenOf(pid: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // The name in brackets may hold anything: the parent comes after the last one.
      const [, parent] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return Number(parent) === pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
