import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, type Violation } from "./sources.ts";

/** The lock file names no host, so that every clone uses the registry of its own npm. It covers every platform, or `npm ci` refuses it. */
export function checkLockFile(text = readFileSync(join(root, "package-lock.json"), "utf8")): Violation[] {
  const path = "package-lock.json";
  const found: Violation[] = [];
  const hosts = text.match(/"resolved": "(https?|git)[^"]*"/g) ?? [];
  if (hosts.length > 0)
    found.push({ path, rule: "registry host", detail: `${hosts.length} packages name one: ${hosts[0]}` });
  for (const missing of missingPlatforms(text)) found.push({ path, rule: "missing platform", detail: missing });
  return found;
}

interface LockEntry {
  optionalDependencies?: Record<string, string>;
}

function missingPlatforms(text: string): string[] {
  const { packages } = JSON.parse(text) as { packages: Record<string, LockEntry> };
  return Object.entries(packages).flatMap(([owner, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter(
        (name) =>
          packages[`node_modules/${name}`] === undefined && packages[`${owner}/node_modules/${name}`] === undefined,
      )
      .map((name) => `${name}, which ${owner} wants`),
  );
}
