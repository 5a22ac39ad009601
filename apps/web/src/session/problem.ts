import { errorCodes, type ErrorCode, type Problem } from "@sotto/protocol/errors.ts";
import type { MessageId } from "../text/en.ts";
import type { Translate } from "../text/intl.tsx";
import { clockTime, dayName, fullTime } from "../text/time.ts";

/** What the SDK throws carries the server's problem; anything else never reached the server. */
export function problemOf(error: unknown): Problem | null {
  if (!(error instanceof Error) || !("problem" in error)) return null;
  const { problem } = error;
  return typeof problem === "object" && problem !== null && "code" in problem && isCode(problem.code) ? (problem as Problem) : null;
}

/** In plain words: what happened, and what to do. */
export function errorText(t: Translate, error: unknown): string {
  const problem = problemOf(error);
  return problem === null ? t("error.network") : problemText(t, problem);
}

export function problemText(t: Translate, problem: Pick<Problem, "code" | "detail" | "retryAt">): string {
  if (problem.code === "invalid" && problem.detail !== "") return problem.detail;
  const text = t(`error.${problem.code}` satisfies MessageId);
  return problem.retryAt === undefined ? text : `${text} ${t("error.retryAt", { when: momentText(problem.retryAt) })}`;
}

/** Today's moments by the clock, others in full. */
export function momentText(at: string): string {
  return dayName(at).is === "today" ? clockTime(at) : fullTime(at);
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === "string" && Object.hasOwn(errorCodes, code);
}
