import { createHmac, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The server's secret, made on the first start and kept in the data folder for its owner alone. It appears by a link, so that
 * two starts at once end up with one.
 */
export function keepSecret(dataDir: string): string | { problem: string } {
  const path = join(dataDir, "secret");
  try {
    mkdirSync(dataDir, { recursive: true });
    const kept = readKept(path);
    if (kept !== undefined) return kept;
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(fresh, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(fresh, { force: true });
    }
    return readKept(path) ?? { problem: `${path} holds no secret` };
  } catch (error) {
    return { problem: `cannot be used: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** As `keepSecret`, for a look that makes nothing: empty when there is none yet. */
export function findSecret(dataDir: string): string | { problem: string } {
  try {
    return readKept(join(dataDir, "secret")) ?? "";
  } catch (error) {
    // Under a file there is no folder: the look at the folder says so.
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return "";
    return { problem: `cannot be used: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function readKept(path: string): string | undefined {
  try {
    const text = readFileSync(path, "utf8").trim();
    return text.length >= 32 ? text : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A key for one use, so that what is made for one can never pass for another. Hex. */
export function deriveKey(
  secret: string,
  use: "bus" | "check" | "digest" | "fingerprint" | "group" | "socket-ticket",
): string {
  return createHmac("sha256", secret).update(`sotto:${use}`).digest("hex");
}
