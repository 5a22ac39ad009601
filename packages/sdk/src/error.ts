import { errorCodes, type ErrorAction, type ErrorCode, type Problem } from "@sotto/protocol/errors.ts";

/** Every refusal and every fault that the SDK throws; `problem.code` is stable, `problem.detail` is for people. */
export class SottoError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.detail, options);
    this.name = "SottoError";
    this.problem = problem;
  }

  get code(): ErrorCode {
    return this.problem.code;
  }
}

/** A problem that no server sent: the network, a time limit, an answer that is not ours. */
export function localError(code: ErrorCode, options: { detail?: string; cause?: unknown } = {}): SottoError {
  const { status, title } = errorCodes[code];
  const problem = { type: `about:blank#${code}`, title, status, code, detail: options.detail ?? title, requestId: "" };
  return new SottoError(problem, { cause: options.cause });
}

export function toSottoError(error: unknown): SottoError {
  if (error instanceof SottoError) return error;
  return localError("internal", { detail: "Something went wrong in this app.", cause: error });
}

/** What a client does about it. A code newer than this client is final. */
export function actionOf(code: string): ErrorAction {
  return isErrorCode(code) ? errorCodes[code].action : "stop";
}

/** The problem in an HTTP answer; where a proxy answered in the server's place, the nearest one by status. */
export function problemFrom(status: number, body: string, requestId = ""): Problem {
  const sent = parseProblem(body);
  if (sent) return sent;
  const code = codeByStatus(status);
  return { ...localError(code).problem, status, requestId };
}

function parseProblem(body: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const looksRight = typeof value === "object" && value !== null && "code" in value && "detail" in value;
    return looksRight ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}

function codeByStatus(status: number): ErrorCode {
  if (status >= 502 && status <= 504) return "unavailable";
  const known = Object.entries(errorCodes).find(([, info]) => info.status === status)?.[0];
  if (known !== undefined && isErrorCode(known)) return known;
  return status >= 500 ? "internal" : "invalid";
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}
