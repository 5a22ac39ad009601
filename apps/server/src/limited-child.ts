/** Less than 2.5 GB makes the runtime hang instead of failing; it reserves much more than it touches. */
const addressSpaceBytes = 4 * 1024 ** 3;
const prlimit = Bun.which("prlimit");

/**
 * The command of a process that meets what strangers made: limited in memory and time where the machine can, and without a core
 * file, which would hold what it met.
 */
export function limitedCommand(script: string, { cpuSeconds, flags = [] }: LimitedOptions): string[] {
  const limits = [`--as=${addressSpaceBytes}`, `--cpu=${cpuSeconds}`, "--core=0"];
  return [...(prlimit === null ? [] : [prlimit, ...limits]), process.execPath, ...flags, script];
}

interface LimitedOptions {
  /** Of its whole life. */
  cpuSeconds: number;
  /** Of the runtime. */
  flags?: readonly string[];
}
