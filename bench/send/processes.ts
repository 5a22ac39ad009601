import { readFileSync, readdirSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";

/** Starting, pinning and accounting of the processes under test. Linux's `/proc` gives the figures. */

const tmpfsMagic = 0x01021994;
/** USER_HZ: what `/proc/<pid>/stat` counts in, on every Linux of today. */
const ticksPerSecond = 100;

/** On memory a commit costs nothing, and the benchmark would measure nothing. */
export async function refuseTmpfs(dir: string): Promise<void> {
  if ((await statfs(dir)).type === tmpfsMagic)
    throw new Error(`${dir} lies in memory (tmpfs): name a folder on a disk with --data`);
}

/** Affinity is set before the process starts: its children, the database's too, inherit it. */
export function pinned(cpu: number, command: string[]): string[] {
  return canPin() ? ["taskset", "-c", String(cpu), ...command] : command;
}

export function canPin(): boolean {
  return availableParallelism() >= 2 && Bun.which("taskset") !== null;
}

/** The first line of a child's output that matches. */
export async function waitForLine(
  child: { stdout: ReadableStream<Uint8Array> },
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = "";
  const decoder = new TextDecoder();
  const reader = child.stdout.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the process ended before it was ready:\n${text}`);
    text += decoder.decode(value, { stream: true });
    const match = pattern.exec(text);
    if (match) {
      reader.releaseLock();
      void drain(child.stdout);
      return match;
    }
  }
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

/** CPU seconds so far of these processes and everything that they started, the ended ones included. */
export function cpuSeconds(roots: readonly number[]): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readStat(pid);
    if (!stat) continue;
    parents.set(pid, stat.parent);
    ticks.set(pid, stat.ticks);
  }
  const belongs = (pid: number): boolean =>
    roots.includes(pid) || (parents.has(pid) && pid > 1 && belongs(parents.get(pid) ?? 0));
  let total = 0;
  for (const [pid, own] of ticks) if (belongs(pid)) total += own;
  return total / ticksPerSecond;
}

/** utime, stime, and those of reaped children (cutime, cstime). */
function readStat(pid: number): { parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [parent = 0, times] = [fields[1], fields.slice(11, 15)];
    return { parent, ticks: times.reduce((sum, one) => sum + one, 0) };
  } catch {
    return null;
  }
}

export function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
  return pages * 4096;
}
