import pino, { type Logger } from "pino";

/** JSON lines, one an event; short plain lines on a terminal. What people write never goes into it. */
export type Log = Logger;

export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

export function createLog(options: { level: LogLevel; pretty: boolean }): Log {
  const base = { level: options.level, base: null };
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

/** What an error says about itself, for a line of the log. */
export function describeError(error: unknown): { name?: string; message: string; stack?: string | undefined } {
  if (!(error instanceof Error)) return { message: String(error) };
  return { name: error.name, message: error.message, stack: error.stack };
}
