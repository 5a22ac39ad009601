import { databaseUser } from "../../apps/server/src/db/embedded-user.ts";
import { pinned } from "../send/processes.ts";

/**
 * A peer or its database: on the first core, as a user without privileges, its output in a file. Where `setpriv` exists it
 * does not outlive the benchmark, however that ends.
 */
export function spawnPeer(
  words: readonly string[],
  options: { cwd: string; env: Record<string, string>; logFile: string; deathSignal: "INT" | "KILL" },
): Bun.Subprocess {
  const mortal = Bun.which("setpriv") === null ? [] : ["setpriv", "--pdeathsig", options.deathSignal, "--"];
  const log = Bun.file(options.logFile);
  return Bun.spawn(pinned(0, [...mortal, ...words]), {
    cwd: options.cwd,
    env: { PATH: "/usr/local/bin:/usr/bin:/bin", ...options.env },
    stdio: ["ignore", log, log],
    ...databaseUser().ids,
  });
}
