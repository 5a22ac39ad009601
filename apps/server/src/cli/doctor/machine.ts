import { access, constants, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Config } from "../../config.ts";
import { ok, warning, wordsOf, wrong, type Finding } from "./finding.ts";

export async function checkFolder({ dataDir }: Pick<Config, "dataDir">): Promise<Finding[]> {
  const what = "data folder";
  try {
    const there = await nearest(dataDir);
    await access(there, constants.R_OK | constants.W_OK | constants.X_OK);
    if (there !== dataDir)
      return [warning(what, `${dataDir} is not there yet`, "`npm start` makes it. Is SOTTO_DATA right?")];
  } catch (error) {
    const todo = "Give the folder to the user that runs Sotto (chown), or name another with SOTTO_DATA.";
    return [wrong(what, `${dataDir} cannot be written: ${wordsOf(error)}`, todo)];
  }
  const open = await othersMayRead(join(dataDir, "secret"));
  if (open) return [warning(what, `${dataDir}/secret can be read by others`, `chmod 600 ${dataDir}/secret`)];
  return [ok(what, `${dataDir} can be written`)];
}

/** The folder, or the one above it in which it would be made. Throws where it cannot be. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    return await nearest(dirname(path));
  }
}

export async function checkRoom({ dataDir }: Pick<Config, "dataDir">): Promise<Finding[]> {
  try {
    const { bavail, blocks, bsize } = await statfs(dataDir);
    return [judgeRoom({ freeBytes: bavail * bsize, allBytes: blocks * bsize })];
  } catch (error) {
    return [wrong("disk room", `cannot be told: ${wordsOf(error)}`, "Look at the data folder above.")];
  }
}

/** Uploads are refused below this. */
const keptFreeBytes = 256 * 1024 * 1024;

export function judgeRoom({ freeBytes, allBytes }: { freeBytes: number; allBytes: number }): Finding {
  const what = "disk room";
  const detail = `${gigabytes(freeBytes)} of ${gigabytes(allBytes)} GB are free`;
  const todo =
    "Make room, or move SOTTO_DATA to a larger disk. With none left, messages are refused until there is some.";
  if (freeBytes < 2 * keptFreeBytes) return wrong(what, `${detail}: uploads are or will be refused`, todo);
  if (freeBytes < allBytes * 0.1) return warning(what, detail, todo);
  return ok(what, detail);
}

export function checkAddress(config: Pick<Config, "url" | "trustProxy" | "host">): Finding[] {
  const what = "address";
  const { hostname, protocol } = new URL(config.url);
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol === "http:" && !local)
    return [
      warning(
        what,
        `${config.url} is not https: passwords and messages travel openly, and phones install no app from it`,
        "Put a proxy with a certificate in front, and set SOTTO_URL to its https address.",
      ),
    ];
  if (protocol === "https:" && !config.trustProxy)
    return [
      warning(
        what,
        "https is made by a proxy, and SOTTO_TRUST_PROXY is not set: everybody seems to come from the proxy's address, and shares its limits",
        "Set SOTTO_TRUST_PROXY=true when the proxy adds the caller's address to X-Forwarded-For.",
      ),
    ];
  if (config.trustProxy && !["127.0.0.1", "localhost", "::1"].includes(config.host))
    return [
      warning(
        what,
        `X-Forwarded-For is believed, and the port is open on ${config.host}: who reaches it directly can pretend any address`,
        "Let only the proxy reach the port: SOTTO_HOST=127.0.0.1, or a firewall.",
      ),
    ];
  return [ok(what, config.url)];
}

async function othersMayRead(path: string): Promise<boolean> {
  try {
    return ((await stat(path)).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
