import type { SQL } from "bun";

/** The connection pool, or a transaction on it: both take tagged templates. */
export type Sql = SQL;
