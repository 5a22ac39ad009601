import { existsSync, rmSync } from "node:fs";

/**
 * The peers' packages, from Debian. Nothing is started by installing them, what was not there before is purged afterwards,
 * and what was there before stays as it was.
 */
export const peerPackages = ["ejabberd", "erlang-p1-pgsql", "prosody", "lua-dbi-postgresql"] as const;

/** Of `peerPackages`, those that are not installed. */
export function missingPackages(): string[] {
  const installed = new Set(installedPackages());
  return peerPackages.filter((name) => !installed.has(name));
}

/** Installed versions, for the table. */
export function packageVersions(): Record<string, string> {
  return Object.fromEntries(
    peerPackages.map((name) => [
      name,
      run(["dpkg-query", "--show", "--showformat", "${Version}", name], { mayFail: true }).trim(),
    ]),
  );
}

/** What it returns takes away all that came, dependencies included. */
export async function installPackages(missing: readonly string[]): Promise<() => void> {
  const before = new Set(installedPackages());
  const newFolders = folders.filter((path) => !existsSync(path));
  const allow = await forbidServices();
  try {
    run(["apt-get", "install", "--yes", "--no-install-recommends", ...missing], { mayFail: false });
  } finally {
    await allow();
  }
  const came = installedPackages().filter((name) => !before.has(name));
  return () => purge({ came, newFolders });
}

/** Purging leaves some of them behind. */
const folders = ["etc", "var/lib", "var/log"].flatMap((parent) => [`/${parent}/ejabberd`, `/${parent}/prosody`]);

/** Nothing else goes with it: something that was installed meanwhile may need what came. */
function purge({ came, newFolders }: { came: readonly string[]; newFolders: readonly string[] }): void {
  if (came.length === 0) return;
  const plan = run(["apt-get", "purge", "--simulate", ...came], { mayFail: false });
  const others = [...plan.matchAll(/^(?:Purg|Remv) (\S+)/gm)].map(([, name = ""]) => name);
  const strange = others.filter((name) => !came.includes(name));
  if (strange.length > 0) {
    console.error(`left installed, as ${strange.join(", ")} would go with it: ${came.join(" ")}`);
    return;
  }
  run(["apt-get", "purge", "--yes", ...came], { mayFail: false });
  for (const path of newFolders) rmSync(path, { recursive: true, force: true });
}

const policyFile = "/usr/sbin/policy-rc.d";

/** Debian asks this file before a package starts a service; 101 means no. One that is there already is left alone. */
async function forbidServices(): Promise<() => Promise<void>> {
  const file = Bun.file(policyFile);
  if (await file.exists()) {
    if (Bun.spawnSync([policyFile, "ejabberd", "start"]).exitCode !== 101)
      throw new Error(`${policyFile} lets packages start services: installing the peers would start them`);
    return async () => {};
  }
  await Bun.write(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return async () => await file.delete();
}

function installedPackages(): string[] {
  return run(["dpkg-query", "--show", "--showformat", "${db:Status-Abbrev} ${Package}\n"], { mayFail: false })
    .split("\n")
    .filter((line) => line.startsWith("ii"))
    .map((line) => line.slice(2).trim());
}

function run(words: string[], { mayFail }: { mayFail: boolean }): string {
  const done = Bun.spawnSync(words, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
    stdout: "pipe",
    stderr: "pipe",
  });
  if (done.exitCode !== 0 && !mayFail)
    throw new Error(`${words.slice(0, 2).join(" ")} failed:\n${done.stderr.toString().slice(-2000)}`);
  return done.exitCode === 0 ? done.stdout.toString() : "";
}
