import { Counter, Gauge, Registry } from "prom-client";
import type { Sql } from "../db/sql.ts";
import { commandCounts, refusals } from "./command-meter.ts";
import { counts, limitsRefused, timings } from "./counts.ts";
import { readDatabase, type DatabaseGauges } from "./database-gauges.ts";
import { readGauge } from "./gauges.ts";
import { addProcessMetrics } from "./process-gauges.ts";
import { renderTiming } from "./render-timing.ts";

export interface Metrics {
  /** The text of Prometheus, and what to call it. */
  read(): Promise<{ text: string; contentType: string }>;
  stop(): void;
}

/** What `/metrics` says. Everything is read when it is asked for; nothing is labelled while a message is handled. */
export function createMetrics({ sql }: { sql: Sql }): Metrics {
  const register = new Registry();
  addCounters(register);
  addGauges(register);
  const database = addDatabaseGauges(register);
  const stopProcess = addProcessMetrics(register);
  return {
    async read() {
      database.latest = await readDatabase(sql);
      return { text: `${await register.metrics()}\n${histograms()}`, contentType: register.contentType };
    },
    stop: stopProcess,
  };
}

/** By what they count: name, help, where it stands. */
const plain: readonly (readonly [name: string, help: string, read: () => number])[] = [
  ["sotto_messages_committed_total", "Messages on disk.", () => counts.messagesCommitted],
  ["sotto_socket_frames_in_total", "Frames that came by socket.", () => counts.framesIn],
  ["sotto_socket_frames_out_total", "Frames that left by socket.", () => counts.framesOut],
  ["sotto_sockets_opened_total", "Sockets that were opened.", () => counts.socketsOpened],
  [
    "sotto_slow_readers_closed_total",
    "Sockets closed because their reader did not read.",
    () => counts.slowReadersClosed,
  ],
  ["sotto_malformed_frames_total", "Frames that could not be read.", () => counts.malformedFrames],
  ["sotto_inbox_rows_written_total", "Inbox rows brought up to the log.", () => counts.inboxRowsWritten],
  [
    "sotto_inbox_flush_failures_total",
    "Inbox flushes that failed; they are tried again.",
    () => counts.inboxFlushFailures,
  ],
  ["sotto_bus_hints_published_total", "Hints given to the bus.", () => counts.hintsPublished],
  ["sotto_bus_hints_received_total", "Hints from other processes.", () => counts.hintsReceived],
  ["sotto_bus_gaps_total", "Times that hints may have been lost.", () => counts.busGaps],
  [
    "sotto_database_away_total",
    "Requests that failed because the database was away or busy.",
    () => counts.databaseAway,
  ],
  ["sotto_database_errors_total", "Other errors of the database.", () => counts.databaseErrors],
  ["sotto_upload_bytes_total", "Bytes of uploads that were received.", () => counts.uploadBytes],
  ["sotto_erasures_shipped_total", "Erasures that the ledger has.", () => counts.erasuresShipped],
  ["sotto_ledger_failures_total", "Times that the erasure ledger could not be written.", () => counts.ledgerFailures],
];

function addCounters(register: Registry): void {
  const registers = [register];
  for (const [name, help, read] of plain) {
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
  labelled(register, {
    name: "sotto_commands_total",
    help: "Commands by name and outcome: ok, refused (as expected), failed (a fault of ours).",
    labels: ["command", "outcome"],
    read: () =>
      [...commandCounts].flatMap(([command, { ok, refused, failed }]) => [
        [{ command, outcome: "ok" }, ok] as const,
        [{ command, outcome: "refused" }, refused] as const,
        [{ command, outcome: "failed" }, failed] as const,
      ]),
  });
  labelled(register, {
    name: "sotto_refusals_total",
    help: "Expected refusals by their code.",
    labels: ["code"],
    read: () => Object.entries(refusals).map(([code, count]) => [{ code }, count] as const),
  });
  labelled(register, {
    name: "sotto_limits_refused_total",
    help: "Attempts over a limit, by the limit.",
    labels: ["limit"],
    read: () => Object.entries(limitsRefused).map(([limit, count]) => [{ limit }, count] as const),
  });
  labelled(register, {
    name: "sotto_photo_jobs_total",
    help: "Photos by what became of them; thrown ones are tried again.",
    labels: ["outcome"],
    read: () => [
      [{ outcome: "ready" }, counts.photosReady] as const,
      [{ outcome: "failed" }, counts.photosFailed] as const,
      [{ outcome: "thrown" }, counts.photoJobsThrown] as const,
    ],
  });
}

interface Labelled {
  name: string;
  help: string;
  labels: string[];
  read: () => (readonly [Record<string, string>, number])[];
}

function labelled(register: Registry, { name, help, labels, read }: Labelled): void {
  new Counter({
    name,
    help,
    labelNames: labels,
    registers: [register],
    collect() {
      this.reset();
      for (const [values, count] of read()) this.inc(values, count);
    },
  });
}

function addGauges(register: Registry): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(read());
      },
    });
  gauge("sotto_sockets_open", "Sockets open at this process.", () => counts.socketsOpen);
  gauge("sotto_sends_waiting", "Messages that wait for the next commit.", () => readGauge("sends_waiting"));
  gauge("sotto_inbox_behind", "Conversations whose inbox rows wait to be written.", () => readGauge("inbox_behind"));
  gauge("sotto_inbox_oldest_seconds", "How long the oldest of them has waited.", () =>
    readGauge("inbox_oldest_seconds"),
  );
  gauge("sotto_search_behind", "Conversations whose newest messages are not in the search index yet.", () =>
    readGauge("search_behind"),
  );
  gauge("sotto_bus_away", "1 while the broker cannot be reached.", () => readGauge("bus_away"));
}

function addDatabaseGauges(register: Registry): { latest: DatabaseGauges } {
  const unknown = Number.NaN;
  const held: { latest: DatabaseGauges } = {
    latest: {
      probeSeconds: unknown,
      connections: unknown,
      jobsWaiting: unknown,
      jobsFailed: unknown,
      erasuresWaiting: unknown,
    },
  };
  const gauge = (name: string, help: string, read: (latest: DatabaseGauges) => number) =>
    new Gauge({
      name,
      help,
      registers: [register],
      collect() {
        this.set(read(held.latest));
      },
    });
  gauge("sotto_database_up", "1 when the database answered this scrape.", (now) =>
    Number.isNaN(now.connections) ? 0 : 1,
  );
  gauge(
    "sotto_database_probe_seconds",
    "A connection of the pool and a round trip: grows when the pool is too small.",
    (now) => now.probeSeconds,
  );
  gauge("sotto_database_connections", "Connections to this database, of everybody.", (now) => now.connections);
  gauge("sotto_jobs_waiting", "Jobs that could run now (counted to 10,000).", (now) => now.jobsWaiting);
  gauge("sotto_jobs_failed", "Jobs that were given up (counted to 10,000).", (now) => now.jobsFailed);
  gauge(
    "sotto_erasures_waiting",
    "Erasures that the ledger has not yet (counted to 10,000).",
    (now) => now.erasuresWaiting,
  );
  return held;
}

function histograms(): string {
  const commands = [...commandCounts].map(([command, { seconds }]) => ({ labels: { command }, timing: seconds }));
  return [
    renderTiming("sotto_command_seconds", "Time of a command; of sends, one in 16.", commands),
    renderTiming("sotto_batch_messages", "Messages in a commit.", [{ labels: {}, timing: timings.batchSize }]),
    renderTiming("sotto_commit_seconds", "Time of a commit.", [{ labels: {}, timing: timings.commitSeconds }]),
    renderTiming("sotto_inbox_flush_seconds", "Time of an inbox flush.", [
      { labels: {}, timing: timings.inboxFlushSeconds },
    ]),
    renderTiming("sotto_photo_job_seconds", "Time of a photo's job.", [
      { labels: {}, timing: timings.photoJobSeconds },
    ]),
  ].join("");
}
