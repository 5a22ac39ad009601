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

/** A message of this number is there already. */
export function isNumberTaken(error: unknown): boolean {
  return error instanceof Error && "constraint" in error && error.constraint === "messages_pkey";
}

/** The database is not there at the moment, or going: the same work succeeds later. */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error);
  // 57P0x: shut down, crashed, not yet up; 08: connection; 53: out of connections, memory or disk; 55P03, 40: somebody
  // held a row for too long, or the two waited for each other.
  if (state !== null) return /^(57P0|08|53|55P03|40)/.test(state);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^ERR_POSTGRES_(CONNECTION|LIFETIME|IDLE)|^ECONN|^ENOENT$|^EPIPE$|^FailedToOpenSocket$/.test(code);
}

/** Like the above, but only the disk: nothing can be written until there is room (SQLSTATE 53100). */
export function isDiskFull(error: unknown): boolean {
  return sqlState(error) === "53100";
}
