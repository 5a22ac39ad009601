import type { Problem } from "@sotto/protocol/errors.ts";
import { backOffMs } from "./back-off.ts";
import { actionOf } from "./error.ts";

export type AfterFault = { is: "failed" } | { is: "wait"; delayMs: number } | { is: "signed_out" };

/** The server answered and could not: after so many times its author shall know. Without any answer it goes on for good. */
const answeredFaultsMost = 4;
/** Longer than this nobody watches a message wait: it is shown as refused, with its time. */
const longestWaitMs = 120_000;

/** What a send's fault means for the message. Pure. */
export function afterFault(
  problem: Problem,
  at: { attempt: number; nowMs: number; toLocalMs: (serverTime: string) => number },
): AfterFault {
  const wait = { is: "wait", delayMs: backOffMs(at.attempt) } as const;
  const action = actionOf(problem.code);
  switch (action) {
    case "sign_in":
      return { is: "signed_out" };
    case "wait": {
      if (problem.retryAt === undefined) return problem.code === "rate_limited" ? wait : { is: "failed" };
      // A little later than told: clocks round.
      const delayMs = at.toLocalMs(problem.retryAt) - at.nowMs + 50;
      return delayMs > longestWaitMs ? { is: "failed" } : { is: "wait", delayMs: Math.max(0, delayMs) };
    }
    case "retry":
      return problem.code === "unavailable" || at.attempt < answeredFaultsMost ? wait : { is: "failed" };
    case "fix":
    case "stop":
      return { is: "failed" };
    default:
      return action satisfies never;
  }
}
