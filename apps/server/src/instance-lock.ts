import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Who serves a data folder. */
export interface Instance {
  pid: number;
  /** Tells the process from a later one with the same number, as after a reboot. */
  startedAt: string;
  url: string;
}

export type LockResult = { is: "held"; release(): void } | { is: "taken"; by: Instance };

/** Longer than it takes another starter to go from reading to renaming. */
const settleMs = 150;

/**
 * One server for one data folder. The lock is a file that names a process: when that process is gone, killed or not, the
 * lock is free.
 */
export async function lockInstance(options: { dataDir: string; url: string }): Promise<LockResult> {
  const path = join(options.dataDir, "server.lock");
  mkdirSync(options.dataDir, { recursive: true });
  const self: Instance = { pid: process.pid, startedAt: startOf(process.pid), url: options.url };
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, JSON.stringify(self));
  try {
    if (linked(fresh, path)) return held(path, self);
    const other = read(path);
    if (other !== undefined && isRunning(other)) return { is: "taken", by: other };
    // A dead one's. Two who find it both rename; whoever did it last has it, and the first one sees that.
    renameSync(fresh, path);
    await Bun.sleep(settleMs);
    const winner = read(path);
    return winner === undefined || same(winner, self) ? held(path, self) : { is: "taken", by: winner };
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Who serves the folder now, for the command line. */
export function findInstance(dataDir: string): Instance | undefined {
  const instance = read(join(dataDir, "server.lock"));
  return instance !== undefined && isRunning(instance) ? instance : undefined;
}

function held(path: string, self: Instance): LockResult {
  return {
    is: "held",
    release() {
      const now = read(path);
      if (now !== undefined && same(now, self)) rmSync(path, { force: true });
    },
  };
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(path: string): Instance | undefined {
  try {
    const { pid, startedAt, url } = JSON.parse(readFileSync(path, "utf8")) as Partial<Instance>;
    return typeof pid === "number" ? { pid, startedAt: String(startedAt), url: String(url) } : undefined;
  } catch {
    return undefined;
  }
}

function same(one: Instance, other: Instance): boolean {
  return one.pid === other.pid && one.startedAt === other.startedAt;
}

function isRunning(instance: Instance): boolean {
  try {
    process.kill(instance.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return startOf(instance.pid) === instance.startedAt;
}

/** When a process began: clock ticks since boot where /proc is, else what `ps` says. */
function startOf(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return `${boot} ${fields[19]}`;
  } catch {
    return Bun.spawnSync(["ps", "-o", "lstart=", "-p", String(pid)], { stderr: "ignore" }).stdout.toString().trim();
  }
}
