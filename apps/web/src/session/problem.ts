import type { ErrorCode } from "@sotto/protocol/errors.ts";
import { SottoError } from "@sotto/sdk/error.ts";
import type { MessageId } from "../text/en.ts";
import type { Translate } from "../text/intl.tsx";
import { comingTime } from "../text/time.ts";

/** In plain words: what happened, and what to do. */
export function errorText(t: Translate, error: unknown): string {
  return error instanceof SottoError ? problemText(t, error.problem) : t("error.internal");
}

export function problemText(
  t: Translate,
  problem: { code: ErrorCode; detail: string; retryAt?: string | undefined },
): string {
  if (problem.code === "invalid" && problem.detail !== "") return problem.detail;
  const id: MessageId = `error.${problem.code}`;
  return problem.retryAt === undefined
    ? t(id)
    : `${t(id)} ${t("error.retryAt", { when: momentText(problem.retryAt) })}`;
}

/** Today's moments by the clock, others in full. */
export function momentText(at: string): string {
  return comingTime(at);
}
