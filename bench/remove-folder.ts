import { globSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { locationFile, ownerFile } from "../apps/server/src/db/embedded-home.ts";

/**
 * Removes a benchmark's folder when its servers have stopped, and the databases that lie elsewhere because PostgreSQL's user
 * cannot reach the folder (a run as root). A place that does not name a data folder in here as its own is left alone.
 */
export function removeBenchFolder(folder: string): void {
  const real = realpathSync(folder);
  // Deep enough for every benchmark, and no walk through a database.
  for (const note of globSync([locationFile, `*/${locationFile}`, `*/*/${locationFile}`], { cwd: real })) {
    const place = readOrEmpty(join(real, note));
    const owner = readOrEmpty(join(place, ownerFile));
    if (place.startsWith("/") && owner === join(real, note, "..")) rmSync(place, { recursive: true, force: true });
  }
  rmSync(real, { recursive: true, force: true });
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
