import type { SQL } from "bun";

/** The connection pool, or a transaction on it: both take tagged templates. */
export type Sql = SQL;

/** The SQLSTATE of a database's error, or null when it is something else (trap: Bun keeps it in `errno`). */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof Error) || !("errno" in error)) return null;
  return typeof error.errno === "string" && /^[0-9A-Z]{5}$/.test(error.errno) ? error.errno : null;
}

/** Whether the error is about the data of one statement (class 22 and 23), and not about the database. */
export function isDataError(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? "");
}
