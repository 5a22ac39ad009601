import type { PeerFigures } from "./measure.ts";

/** One server's row, for one number of connections. */
export interface PeerRow extends PeerFigures {
  name: string;
  bytesPerIdleConnection: number | null;
}

const columns: [string, (row: PeerRow) => string][] = [
  ["server", (row) => row.name],
  ["connections", (row) => String(row.connections)],
  ["delivered/s", (row) => row.deliveredPerSecond.toLocaleString("en")],
  ["CPU µs a message", (row) => row.cpuMicrosPerMessage.toFixed(0)],
  ["of it the database", (row) => row.ofWhichDatabaseMicros.toFixed(0)],
  ["p50 ms", (row) => row.p50Ms.toFixed(0)],
  ["p99 ms", (row) => row.p99Ms.toFixed(0)],
  [
    "kB an idle connection",
    (row) => (row.bytesPerIdleConnection === null ? "" : (row.bytesPerIdleConnection / 1000).toFixed(1)),
  ],
  [
    "delivered / in the archive",
    (row) => `${row.delivered.toLocaleString("en")} / ${row.archived.toLocaleString("en")}`,
  ],
  ["busy elsewhere, cores", (row) => row.busyElsewhere.toFixed(2)],
];

/** The table of `docs/benchmarks.md`. */
export function peersTable(rows: readonly PeerRow[]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(([title]) => title)),
    line(columns.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join("\n");
}
