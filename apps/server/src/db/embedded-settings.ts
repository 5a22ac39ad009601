/**
 * How the embedded server runs: made for one small machine, and durable. A benchmark runs with the same.
 */
export const postgresMajor = 18;
export const databaseName = "sotto";
export const databaseUser = "sotto";
/** Only names the socket's file: there is no TCP listener. */
export const socketPort = 5432;

const settings: Record<string, string> = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  port: String(socketPort),
  max_connections: "60",
  shared_buffers: "256MB",
  // T35: an acknowledged message is on disk. `assertFit` reads them back at each start.
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  max_wal_size: "4GB",
  wal_compression: "off",
  checkpoint_timeout: "15min",
  checkpoint_completion_target: "0.9",
  random_page_cost: "1.1",
  // Short indexed statements only: compiling them, or splitting them among processes, costs more than it saves.
  jit: "off",
  max_parallel_workers_per_gather: "0",
  timezone: "UTC",
  log_timezone: "UTC",
  log_min_messages: "warning",
};

/** Arguments of `postgres`: on the command line, so that a newer Sotto changes them without editing files. */
export function postgresArguments(options: { dataDir: string; socketDir: string }): string[] {
  const all = { ...settings, unix_socket_directories: options.socketDir };
  return ["-D", options.dataDir, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
}
