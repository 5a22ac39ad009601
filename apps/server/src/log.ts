import pino, { type Logger } from "pino";

/** JSON lines, one an event; short plain lines on a terminal. What people write never goes into it. */
export type Log = Logger;

export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

export function createLog(options: { level: LogLevel; pretty: boolean }): Log {
  // `err` too goes by `describeError`: the library's own serializer writes out every field of a database's error, rows included.
  const base = { level: options.level, base: null, serializers: { err: describeError } };
  return options.pretty ? pino(base, { write: (line: string) => void process.stdout.write(short(line)) }) : pino(base);
}

/** For tests and tools that print by themselves. */
export function silentLog(): Log {
  return createLog({ level: "silent", pretty: false });
}

/** `12:03:44 warn  the words {"port":4600}`: the line for a person at a terminal. */
function short(line: string): string {
  const { time, level, msg, ...rest } = JSON.parse(line) as { time: number; level: number; msg?: string };
  const at = new Date(time).toTimeString().slice(0, 8);
  const name = pino.levels.labels[level] ?? "info";
  const words = name === "info" ? "" : `${name} `;
  const more = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
  return `${at} ${words}${msg ?? ""}${more}\n`;
}

/**
 * What an error says about itself, for a line of the log: its name, its words and where it came from; not its other fields,
 * where a database puts the row that failed. Words that quote a value (`invalid input syntax for type uuid: "…"`) lose it.
 */
export function describeError(error: unknown): { name?: string; message: string; stack?: string | undefined } {
  if (!(error instanceof Error)) return { message: withoutValues(String(error)) };
  const { name, stack } = error;
  const places = stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
  return { name, message: withoutValues(error.message), ...(places.length > 0 && { stack: places.join("\n") }) };
}

/**
 * Names of tables, columns and paths are quoted as well, and are short words without spaces. A value may hold quotes of its
 * own: it ends at the last one.
 */
function withoutValues(words: string): string {
  // The names, or the first quote that opens no name with everything up to the last quote.
  const quoted = /"[a-z_][a-z0-9_./-]{0,62}"|"[\s\S]*"/g;
  const isName = /^"[a-z_][a-z0-9_./-]{0,62}"$/;
  return words.replaceAll(quoted, (one) => (isName.test(one) ? one : '"…"')).replaceAll(/=\([\s\S]*\)/g, "=(…)");
}
