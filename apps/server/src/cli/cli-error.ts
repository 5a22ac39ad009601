import { SottoError } from "@sotto/sdk/error.ts";

/** What a script can tell apart. */
export const exitCodes = {
  done: 0,
  /** The server, or the data, said no. */
  refused: 1,
  /** Wrong arguments or configuration. */
  usage: 2,
  /** Nothing is running there, or it cannot be reached. */
  unreachable: 3,
  /** A bug, or a broken machine. */
  internal: 70,
} as const;

/** An end that was foreseen: its words are for the person at the terminal. */
export class CliError extends Error {
  readonly exitCode: number;
  readonly code: string;

  constructor(options: { exitCode: number; code: string; message: string }) {
    super(options.message);
    this.exitCode = options.exitCode;
    this.code = options.code;
  }
}

export function refused(code: string, message: string): CliError {
  return new CliError({ exitCode: exitCodes.refused, code, message });
}

export function misused(message: string): CliError {
  return new CliError({ exitCode: exitCodes.usage, code: "usage", message });
}

export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof SottoError) return fromProblem(error);
  const message = error instanceof Error ? error.message : String(error);
  return new CliError({ exitCode: exitCodes.internal, code: "internal", message });
}

function fromProblem({ problem }: SottoError): CliError {
  const when = problem.retryAt === undefined ? "" : ` Try again after ${problem.retryAt}.`;
  const exitCode = problem.code === "unavailable" ? exitCodes.unreachable : exitCodes.refused;
  return new CliError({ exitCode, code: problem.code, message: problem.detail + when });
}
